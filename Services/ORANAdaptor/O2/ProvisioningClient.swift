import Foundation
import JSONSchema
import ServiceClient

/// O2 IMS provisioning v1. A request is put under its own identifier, so that a repeat is the same request, and then followed to its end.
struct ProvisioningClient: Sendable {
    let client: ServiceClient
    private static let root = "/o2ims-infrastructureProvisioning/v1/provisioningRequests"

    init(client: ServiceClient) { self.client = client }

    private struct Info: Decodable {
        struct Status: Decodable {
            var message: String?
            var provisioningPhase: ProvisioningRequest.Phase
        }
        struct Resources: Decodable {
            var nodeClusterId: String?
            var infrastructureResourceIds: [String]?
        }
        var provisioningRequestData: ProvisioningRequest
        var provisionedResourceSet: Resources?
        var status: Status
    }

    /// Nil when the O-Cloud has no such request.
    func read(_ id: String) async throws(ServiceCallError) -> (request: ProvisioningRequest, status: ProvisioningRequest.Status)? {
        guard let info = try await self.client.read(Info.self, "\(Self.root)/\(A1Transport.segment(id))") else { return nil }
        let status = ProvisioningRequest.Status(
            phase: info.status.provisioningPhase, message: info.status.message ?? "", nodeClusterId: info.provisionedResourceSet?.nodeClusterId,
            resources: info.provisionedResourceSet?.infrastructureResourceIds ?? [])
        return (info.provisioningRequestData, status)
    }

    /// Creates or changes it; nothing is sent when it is there as wanted. Returns whether it changed.
    func put(_ request: ProvisioningRequest) async throws(ServiceCallError) -> Bool {
        let there = try await self.read(request.provisioningRequestId)?.request
        if there == request { return false }
        let body: [UInt8]
        do { body = try Array(JSONEncoder().encode(request)) } catch { throw .nonsense(self.client.name, "\(error)") }
        let path = there == nil ? Self.root : "\(Self.root)/\(A1Transport.segment(request.provisioningRequestId))"
        let response = try await self.client.call(there == nil ? "POST" : "PUT", path, body: body, mayRepeat: there != nil)
        guard (200..<300).contains(response.status) else {
            // An earlier attempt, whose answer was lost, is none of somebody else's.
            if response.status == 409, try await self.read(request.provisioningRequestId)?.request == request { return false }
            throw self.client.peerRefusal(response)
        }
        return true
    }

    /// False when there was none.
    func delete(_ id: String) async throws(ServiceCallError) -> Bool {
        let response = try await self.client.call("DELETE", "\(Self.root)/\(A1Transport.segment(id))", body: nil, mayRepeat: true)
        if response.status == 404 { return false }
        guard (200..<300).contains(response.status) else { throw self.client.peerRefusal(response) }
        return true
    }

    /// Its status when it has come to an end, or when the time is over.
    func follow(_ id: String, for duration: Duration, first wait: Duration = .milliseconds(100)) async throws(ServiceCallError) -> ProvisioningRequest.Status? {
        let end = ContinuousClock.now + duration
        var wait = wait
        while true {
            guard let status = try await self.read(id)?.status else { return nil }
            guard !status.phase.isEnd, ContinuousClock.now + wait < end, (try? await Task.sleep(for: wait)) != nil else { return status }
            wait = min(wait * 2, .seconds(5))
        }
    }
}
