package import JSONSchema
import Synchronization

/// A RIC whose own types stand in for standard ones that it does not offer: the pipeline sees the standard types, the RIC its own.
package final class TemplatedProducer: PolicyProducer {
    private let base: any PolicyProducer
    private let templates: [PolicyTemplate]
    private let offered = Mutex<(types: Set<String>, at: ContinuousClock.Instant)?>(nil)
    private let own: PolicyTypeCache

    package init(_ base: any PolicyProducer, templates: [PolicyTemplate], age: Duration = .seconds(60)) {
        self.base = base
        self.templates = templates.filter { $0.rics.isEmpty || $0.rics.contains(base.ric.name) }
        self.own = PolicyTypeCache(age: age)
    }

    package var ric: RIC { self.base.ric }

    package func policyTypes() async throws(A1Error) -> [String] {
        let types = try await self.base.policyTypes()
        self.offered.withLock { $0 = (Set(types), .now) }
        let standing = self.templates.filter { types.contains($0.type) && !types.contains($0.standard) }
        // The RIC's own is not shown besides: a policy has one type, whoever lists, removes or puts it back.
        let hidden = Set(standing.map(\.type))
        return types.filter { !hidden.contains($0) } + Set(standing.map(\.standard)).sorted()
    }

    package func policyType(_ id: String) async throws(A1Error) -> PolicyType {
        // The standard's schema judges a standard document; the RIC's own judges what is made of it, in `put`.
        guard try await self.template(for: id) == nil else { return PolicyType(id: id, policySchema: nil) }
        return try await self.base.policyType(id)
    }

    package func policies(of type: String) async throws(A1Error) -> [String] {
        try await self.base.policies(of: try await self.template(for: type)?.type ?? type)
    }

    package func policy(_ id: String, of type: String) async throws(A1Error) -> JSONValue? {
        guard let template = try await self.template(for: type) else { return try await self.base.policy(id, of: type) }
        guard let document = try await self.base.policy(id, of: template.type) else { return nil }
        // What the template cannot read is there nevertheless, and differs from everything wanted.
        return template.read(document) ?? document
    }

    package func put(_ document: JSONValue, as id: String, of type: String, notificationDestination: String?) async throws(A1Error) -> Bool {
        guard let template = try await self.template(for: type) else {
            return try await self.base.put(document, as: id, of: type, notificationDestination: notificationDestination)
        }
        let own: JSONValue
        do throws(PolicyTemplate.Unexpressed) {
            own = try template.rendered(document)
        } catch {
            throw A1Error(.rejected, ric: self.ric.name, detail: "the policy \(id) cannot be said as its type \(template.type): \(error)")
        }
        let ownType = try await self.own.type(template.type, from: self.base)
        if let violations = ownType.policySchema?.violations(in: own), !violations.isEmpty {
            self.own.forget(template.type)
            throw A1Error(
                .rejected, ric: self.ric.name,
                detail: "the policy \(id), made by the template, is not a valid \(template.type): \(violations.map(\.description).joined(separator: "; "))")
        }
        return try await self.base.put(own, as: id, of: template.type, notificationDestination: notificationDestination)
    }

    package func delete(_ id: String, of type: String) async throws(A1Error) -> Bool {
        try await self.base.delete(id, of: try await self.template(for: type)?.type ?? type)
    }

    package func status(of id: String, of type: String) async throws(A1Error) -> PolicyStatus? {
        try await self.base.status(of: id, of: try await self.template(for: type)?.type ?? type)
    }

    /// Nil for a type that the RIC takes as it is. The RIC's own support goes before a template.
    private func template(for type: String) async throws(A1Error) -> PolicyTemplate? {
        let candidates = self.templates.filter { $0.standard == type }
        if candidates.isEmpty { return nil }
        if self.offered.withLock({ $0 == nil || $0.map { $0.at.duration(to: .now) > .seconds(60) } == true }) { _ = try await self.policyTypes() }
        let offered = self.offered.withLock { $0?.types ?? [] }
        if offered.contains(type) { return nil }
        return candidates.first { offered.contains($0.type) }
    }
}
