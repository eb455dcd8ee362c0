import Hummingbird
import JSONSchema
import ServiceRuntime

/// `/v1/o1`: the managed elements and the objects they have; the shares of radio resources that slices have on them are changed by hand, too.
struct ElementController: Sendable {
    let configuration: ElementConfiguration

    let alarms: AlarmBoard
    let deviations: DeviationBoard
    let desired: DesiredObjects

    /// A managed element as it was last seen, with what it has told since.
    private struct Element: Encodable {
        let report: ElementClient.Report
        let alarms: [Alarm]
        let deviations: [Deviation]
        let lastHeard: String?

        private enum CodingKeys: String, CodingKey { case alarms, deviations, lastHeard }

        func encode(to encoder: any Encoder) throws {
            try self.report.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(self.alarms, forKey: .alarms)
            try container.encode(self.deviations, forKey: .deviations)
            try container.encodeIfPresent(self.lastHeard, forKey: .lastHeard)
        }
    }
    private struct Elements: Encodable {
        let items: [Element]
        let configured = true
    }
    private struct Objects: Encodable {
        struct Item: Encodable {
            let id: String
            let attributes: JSONValue
        }
        let items: [Item]
    }
    private struct Policies: Encodable { let items: [RRMPolicyRatio] }
    private struct Change: Encodable {
        let element: String
        let change: String
        var policy: RRMPolicyRatio?
    }

    private struct Ratio: Decodable {
        var resourceType: String?
        var members: [RRMPolicyRatio.Member]
        var minRatio: Int?
        var maxRatio: Int?
        var dedicatedRatio: Int?
    }

    /// Mounted at `/v1/o1`.
    var routes: RouteCollection<AppContext> {
        let routes = RouteCollection(context: AppContext.self)
        routes.get("elements") { _, _ in Response.json(Elements(items: try await self.elements(self.configuration.reports))) }
        routes.get("elements/:element") { _, context in
            Response.json(try await self.elements([try self.client(context).report]).first)
        }
        routes.get("elements/:element/objects/:class") { _, context in
            let client = try self.client(context)
            let name = try context.parameters.require("class")
            if name == RRMPolicyRatio.className {
                let policies = try await Self.answering { () async throws(O1Error) in try await self.configuration.rrmPolicies(of: client) }
                return Response.json(Objects(items: policies.map { .init(id: $0.id, attributes: $0.document) }))
            }
            guard let managedClass = self.configuration.classes[name] else {
                let known = (self.configuration.classes.classes.keys + [RRMPolicyRatio.className]).sorted().joined(separator: ", ")
                throw ProblemError(.notFound, code: "class_not_found", detail: "'\(name)' is no class that is read here: \(known).")
            }
            let objects = try await Self.answering { () async throws(O1Error) in try await self.configuration.objects(of: managedClass, on: client) }
            return Response.json(Objects(items: objects.map { .init(id: $0.name.description, attributes: .object($0.attributes)) }))
        }
        routes.get("elements/:element/rrm-policies") { _, context in
            let client = try self.client(context)
            return Response.json(Policies(items: try await Self.answering { () async throws(O1Error) in try await self.configuration.rrmPolicies(of: client) }))
        }
        routes.put("elements/:element/rrm-policies/:id") { request, context in
            let client = try self.client(context)
            let ratio = try await JSONBody.decode(Ratio.self, from: request, context: context)
            let policy = RRMPolicyRatio(
                id: try context.parameters.require("id"), resourceType: ratio.resourceType ?? "PRB", members: ratio.members, minRatio: ratio.minRatio,
                maxRatio: ratio.maxRatio, dedicatedRatio: ratio.dedicatedRatio)
            do throws(RRMPolicyRatio.Invalid) {
                try policy.validate()
            } catch {
                throw ProblemError(.unprocessableContent, code: "rrm_policy_invalid", detail: "\(error).")
            }
            let outcome = try await self.byHand(policy.id, at: client) {
                try await Self.answering { () async throws(O1Error) in try await self.configuration.put(policy, on: client) }
            }
            return Response.json(Change(element: client.element.name, change: outcome.changed ? "put" : "none", policy: outcome.policy))
        }
        routes.delete("elements/:element/rrm-policies/:id") { _, context in
            let client = try self.client(context)
            let id = try context.parameters.require("id")
            let existed = try await self.byHand(id, at: client) {
                try await Self.answering { () async throws(O1Error) in try await self.configuration.removeRRMPolicy(id, on: client) }
            }
            return Response.json(Change(element: client.element.name, change: existed ? "delete" : "none"))
        }
        return routes
    }

    /// What is changed by hand is as no intent wants it any more; what could not be changed still is.
    private func byHand<Value>(_ id: String, at client: ElementClient, _ change: () async throws -> Value) async throws -> Value {
        let (element, key) = (client.element.name, DesiredObject.Key(managedClass: RRMPolicyRatio.className, attribute: nil, id: id))
        let value: Value
        do {
            guard try await self.desired.beginByHand(key, at: element) else {
                throw O1Error(.busy, element: element, detail: "something is being put back there").problem
            }
            value = try await change()
        } catch {
            try await self.desired.settleByHand(key, at: element, isChanged: false)
            throw error
        }
        try await self.desired.settleByHand(key, at: element, isChanged: true)
        return value
    }

    private func elements(_ reports: [ElementClient.Report]) async throws -> [Element] {
        try await withThrowingTaskGroup(of: (Int, Element).self) { group in
            for (index, report) in reports.enumerated() {
                group.addTask {
                    (
                        index,
                        Element(
                            report: report, alarms: try await self.alarms.alarms(of: report.name),
                            deviations: try await self.deviations.deviations(of: report.name), lastHeard: try await self.alarms.lastHeard(report.name))
                    )
                }
            }
            var elements: [(Int, Element)] = []
            for try await element in group { elements.append(element) }
            return elements.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func client(_ context: AppContext) throws -> ElementClient {
        let name = try context.parameters.require("element")
        guard let client = self.configuration.element(named: name) else {
            throw ProblemError(.notFound, code: "element_not_found", detail: "No element named '\(name)' is configured; O1_ELEMENTS names them.")
        }
        return client
    }

    private static func answering<Value>(_ body: () async throws(O1Error) -> Value) async throws -> Value {
        do throws(O1Error) {
            return try await body()
        } catch {
            throw error.problem
        }
    }
}
