import HTTPFetch
package import JSONSchema

/// One RIC behind the A1 Policy Management Service, `/a1-policy-management/v1` (O-RAN.WG2.R1AP-v07.00, A1PMS v3).
///
/// There a policy's identifier is unique over all RICs, so the RIC is a part of it: `<policy>.at.<ric>`. The service keeps the RIC
/// synchronised by itself, and has no call-back for one policy's status.
package struct PMSClient: PolicyProducer {
    package static let base = "/a1-policy-management/v1"
    /// Owner of our policies there.
    static let service = "nephoran"

    package let ric: RIC
    private let transport: A1Transport

    package init(ric: RIC, transport: A1Transport) {
        self.ric = ric
        self.transport = transport.naming(ric.name)
    }

    package func policyTypes() async throws(A1Error) -> [String] {
        let response = try await self.transport.expect(200, "GET", "\(Self.base)/policy-types?nearRtRicId=\(A1Transport.segment(self.ric.name))")
        return try self.transport.array(response, of: "policy types").filter { $0["nearRtRicId"]?.string == self.ric.name }.compactMap {
            $0["policyTypeId"]?.string
        }
    }

    package func policyType(_ id: String) async throws(A1Error) -> PolicyType {
        let response = try await self.transport.expect(200, "GET", "\(Self.base)/policy-types/\(A1Transport.segment(id))")
        return PolicyType(id: id, object: try self.transport.json(response))
    }

    package func policies(of type: String) async throws(A1Error) -> [String] {
        let query = "policyTypeId=\(A1Transport.segment(type))&nearRtRicId=\(A1Transport.segment(self.ric.name))"
        let response = try await self.transport.expect(200, "GET", "\(Self.base)/policies?\(query)")
        return try self.transport.array(response, of: "policies").filter { $0["nearRtRicId"]?.string == self.ric.name }.compactMap {
            $0["policyId"]?.string.map(self.own)
        }
    }

    package func policy(_ id: String, of type: String) async throws(A1Error) -> JSONValue? {
        let response = try await self.transport.send("GET", self.path(id))
        if response.status == 404 { return nil }
        let document = try self.transport.json(try self.transport.checked(response, [200]))
        if let text = document.string, let inner = try? JSONValue(parsing: text) { return inner }
        return document
    }

    package func put(_ document: JSONValue, as id: String, of type: String, notificationDestination: String?) async throws(A1Error) -> Bool {
        let replaced = try await self.transport.send("PUT", self.path(id), body: document.bytes)
        if replaced.status != 404 {
            _ = try self.transport.checked(replaced, [200])
            return false
        }
        let information: JSONValue = [
            "nearRtRicId": .string(self.ric.name), "policyTypeId": .string(type), "policyId": .string(self.identifier(id)), "policyObject": document,
            "serviceId": .string(Self.service), "transient": false,
        ]
        _ = try self.transport.checked(try await self.transport.send("POST", "\(Self.base)/policies", body: information.bytes), [201])
        return true
    }

    package func delete(_ id: String, of type: String) async throws(A1Error) -> Bool {
        let response = try await self.transport.send("DELETE", self.path(id))
        if response.status == 404 { return false }
        _ = try self.transport.checked(response, [204])
        return true
    }

    package func status(of id: String, of type: String) async throws(A1Error) -> PolicyStatus? {
        let response = try await self.transport.send("GET", self.path(id) + "/status")
        if response.status == 404 { return nil }
        return PolicyStatus(try self.transport.json(try self.transport.checked(response, [200])))
    }

    // MARK: Identifiers

    private var suffix: String { ".at.\(self.ric.name)" }
    private func path(_ id: String) -> String { "\(Self.base)/policies/\(A1Transport.segment(self.identifier(id)))" }
    /// Only ours are changed; what others call their policies stays as it is.
    private func identifier(_ id: String) -> String { id.hasPrefix("nephoran.") ? id + self.suffix : id }
    private func own(_ id: String) -> String { id.hasPrefix("nephoran.") && id.hasSuffix(self.suffix) ? String(id.dropLast(self.suffix.count)) : id }
}
