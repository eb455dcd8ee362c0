import Foundation
import Hummingbird
import IntentModel
import JSONSchema
import ServiceClient
import ServiceRuntime

/// `/v1/o2`: what the O-Cloud has, what troubles it, and what it is asked to provision.
struct O2Controller: Sendable {
    let inventory: InfrastructureInventory
    let provisioning: ProvisioningClient
    let clouds: CloudInventory

    private struct Items: Encodable {
        let items: [JSONValue]
        let configured = true
    }

    private struct Provisioning: Encodable {
        let request: ProvisioningRequest
        let status: ProvisioningRequest.Status
    }

    /// A request as it is put; its id is the path's.
    private struct Wanted: Decodable {
        var provisioningRequestId: String?
        var name: String
        var description: String
        var templateName: String
        var templateVersion: String
        var templateParameters: JSONValue
    }

    private struct Change: Encodable {
        let provisioningRequestId: String
        let change: String
    }

    /// The clusters as they were read last.
    private struct Clusters: Encodable {
        let items: [CloudCluster]
        let configured = true
        /// RFC 3339; nil before anything was ever read.
        let readAt: String?
        let isStale: Bool
        /// Why the last reading failed; nil when it did not.
        let detail: String?
    }

    /// Our paths, and the standard's.
    private static let lists = [
        "resource-pools": "resourcePools", "resource-types": "resourceTypes", "deployment-managers": "deploymentManagers", "subscriptions": "subscriptions",
    ]

    /// Mounted at `/v1/o2`.
    var routes: RouteCollection<AppContext> {
        let routes = RouteCollection(context: AppContext.self)
        for (path, resource) in Self.lists {
            routes.get(RouterPath(path)) { request, _ in
                let filter = request.uri.queryParameters["filter"].map { String($0) }
                let items = try await PeerProblem.mapped("o2") { try await self.inventory.list(resource, filter: filter) }
                return Response.json(Items(items: items.map(Self.withoutSecrets)))
            }
        }
        routes.get("resource-pools/:pool/resources") { _, context in
            let pool = A1Transport.segment(try context.parameters.require("pool"))
            return Response.json(Items(items: try await PeerProblem.mapped("o2") { try await self.inventory.list("resourcePools/\(pool)/resources") }))
        }
        self.addClusters(to: routes)
        routes.get("alarms") { request, _ in
            let filter = request.uri.queryParameters["filter"].map { String($0) }
            return Response.json(Items(items: try await PeerProblem.mapped("o2") { try await self.inventory.alarms(filter: filter) }))
        }
        routes.patch("alarms/:id") { request, context in
            let id = try context.parameters.require("id")
            let body = try await JSONBody.decode(JSONValue.self, from: request, context: context)
            let change: AlarmChange
            do throws(AlarmChange.Invalid) { change = try AlarmChange(body) } catch {
                throw ProblemError(.unprocessableContent, code: "alarm_change_invalid", detail: "\(error).")
            }
            guard let changed = try await PeerProblem.mapped("o2", { try await self.inventory.change(alarm: id, change) }) else {
                throw ProblemError(.notFound, code: "alarm_not_found", detail: "The O-Cloud has no alarm '\(id)'.")
            }
            return Response.json(changed)
        }
        routes.post("subscriptions") { request, context in
            let body = try await JSONBody.decode(JSONValue.self, from: request, context: context)
            guard let callback = body["callback"]?.string, callback.hasPrefix("http://") || callback.hasPrefix("https://") else {
                throw ProblemError(.unprocessableContent, code: "subscription_invalid", detail: "callback is an http or https URL.")
            }
            for name in ["consumerSubscriptionId", "filter"] where body[name] != nil && body[name]?.string == nil {
                throw ProblemError(.unprocessableContent, code: "subscription_invalid", detail: "\(name) is a text.")
            }
            return Response.json(try await PeerProblem.mapped("o2") { try await self.inventory.subscribe(body) }, status: .created)
        }
        routes.delete("subscriptions/:id") { _, context in
            let id = try context.parameters.require("id")
            guard try await PeerProblem.mapped("o2", { try await self.inventory.unsubscribe(id) }) else {
                throw ProblemError(.notFound, code: "subscription_not_found", detail: "The O-Cloud has no subscription '\(id)'.")
            }
            return Response(status: .noContent)
        }
        self.addProvisioning(to: routes)
        return routes
    }

    private func addClusters(to routes: RouteCollection<AppContext>) {
        routes.get("clusters") { _, _ in
            let status = self.clouds.status
            return Response.json(
                Clusters(
                    items: status.reading?.clusters ?? [], readAt: status.reading.map { Timestamp.text($0.readAt) },
                    isStale: status.reading.map { self.clouds.isStale($0) } ?? true, detail: status.failure))
        }
        // The DMS profile of Kubernetes: how to reach a cluster. Asked for each time, and kept nowhere.
        routes.get("clusters/:cluster/kubeconfig") { _, context in
            let name = try context.parameters.require("cluster")
            let managers = try await PeerProblem.mapped("o2") { try await self.inventory.list("deploymentManagers") }.compactMap(CloudCluster.init)
            guard let cluster = managers.first(where: { $0.name == name || $0.deploymentManagerId == name }),
                let manager = try await PeerProblem.mapped("o2", { try await self.inventory.manager(cluster.deploymentManagerId) })
            else { throw ProblemError(.notFound, code: "cluster_not_found", detail: "The O-Cloud has no cluster '\(name)'.") }
            do throws(ClusterCredentials.Incomplete) {
                return Response.json(try ClusterCredentials(manager).kubeconfig)
            } catch {
                throw ProblemError(.notFound, code: "no_kubeconfig", detail: "How to reach '\(name)' is not known: \(error).")
            }
        }
    }

    private func addProvisioning(to routes: RouteCollection<AppContext>) {
        routes.put("provisioning-requests/:id") { request, context in
            let id = try Self.id(context)
            let wanted = try await JSONBody.decode(Wanted.self, from: request, context: context)
            guard wanted.provisioningRequestId.map({ $0.lowercased() == id }) ?? true else {
                throw Self.invalid("provisioningRequestId is another one than the path's")
            }
            let request = ProvisioningRequest(
                provisioningRequestId: id, name: wanted.name, description: wanted.description, templateName: wanted.templateName,
                templateVersion: wanted.templateVersion, templateParameters: wanted.templateParameters)
            do throws(ProvisioningRequest.Invalid) { try request.validate() } catch { throw Self.invalid("\(error)") }
            let changed = try await PeerProblem.mapped("o2") { try await self.provisioning.put(request) }
            return Response.json(Change(provisioningRequestId: request.provisioningRequestId, change: changed ? "put" : "none"))
        }
        // `?wait=N` follows it for as many seconds, 60 at most.
        routes.get("provisioning-requests/:id") { request, context in
            let id = try Self.id(context)
            guard let wait = Int(request.uri.queryParameters["wait"] ?? "0"), (0...60).contains(wait) else {
                throw ProblemError(.badRequest, code: "invalid_query", detail: "wait must be a number of seconds from 0 to 60.")
            }
            if wait > 0 { _ = try await PeerProblem.mapped("o2") { try await self.provisioning.follow(id, for: .seconds(wait)) } }
            guard let (data, status) = try await PeerProblem.mapped("o2", { try await self.provisioning.read(id) }) else {
                throw ProblemError(.notFound, code: "provisioning_request_not_found", detail: "The O-Cloud has no request '\(id)'.")
            }
            return Response.json(Provisioning(request: data, status: status))
        }
        routes.delete("provisioning-requests/:id") { _, context in
            let id = try Self.id(context)
            let existed = try await PeerProblem.mapped("o2") { try await self.provisioning.delete(id) }
            return Response.json(Change(provisioningRequestId: id, change: existed ? "delete" : "none"))
        }
    }

    /// A UUID is the same in upper case; it is always written in lower case here.
    private static func id(_ context: AppContext) throws -> String {
        let id = try context.parameters.require("id").lowercased()
        guard ProvisioningRequest.isIdentifier(id) else { throw self.invalid("provisioningRequestId is a UUID") }
        return id
    }

    private static func invalid(_ reason: String) -> ProblemError {
        ProblemError(.unprocessableContent, code: "provisioning_request_invalid", detail: "\(reason).")
    }

    /// Lists are for reading; the keys of a profile are not.
    private static func withoutSecrets(_ item: JSONValue) -> JSONValue {
        guard var extensions = item["extensions"], extensions["profileData"] != nil else { return item }
        extensions["profileData"] = .string("***")
        var item = item
        item["extensions"] = extensions
        return item
    }
}
