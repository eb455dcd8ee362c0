/// A change of one object of a running configuration: what is read to compare, what is sent, and when it is met.
protocol ConfigurationEdit: Sendable {
    associatedtype Object: Sendable

    /// What is read, before the change and after it.
    var filters: [XMLElement] { get }
    /// False for objects that the element has or has not: an edit never makes one.
    var mayCreate: Bool { get }
    /// For people.
    var label: String { get }

    func object(in data: XMLElement) -> Object?
    func isMet(by object: Object?) -> Bool
    /// Nil when there is nothing that could be changed.
    func edit(of object: Object?) -> XMLElement?
    /// Nil where it is met.
    func difference(from object: Object?) -> Difference?
}

extension ConfigurationEdit {
    func difference(in data: XMLElement) -> Difference? { self.difference(from: self.object(in: data)) }

    /// Makes it so; false where it was so already.
    func make(in configuration: ElementConfiguration, on client: ElementClient) async throws(O1Error) -> Bool {
        try await configuration.make(self, on: client).changed
    }
}

/// A share of radio resources.
struct ShareEdit: ConfigurationEdit {
    let policy: RRMPolicyRatio
    /// Ratios that are not said are taken away; otherwise they stay.
    let exactly: Bool

    var filters: [XMLElement] { [RRMPolicyRatio.filter(self.policy.id)] }
    var mayCreate: Bool { true }
    var label: String { "RRMPolicyRatio=\(self.policy.id)" }

    func object(in data: XMLElement) -> RRMPolicyRatio? {
        data.children.lazy.compactMap { RRMPolicyRatio($0) }.first { $0.id == self.policy.id }
    }
    func isMet(by object: RRMPolicyRatio?) -> Bool { object.map { self.policy.isMet(by: $0, exactly: self.exactly) } ?? false }
    func edit(of object: RRMPolicyRatio?) -> XMLElement? { self.policy.edit(of: object, exactly: self.exactly) }
    func difference(from object: RRMPolicyRatio?) -> Difference? {
        self.isMet(by: object) ? nil : Difference(wanted: self.policy.comparable, found: object?.comparable)
    }
}

/// The end of a share.
struct ShareRemoval: ConfigurationEdit {
    let id: String

    var filters: [XMLElement] { [RRMPolicyRatio.filter(self.id)] }
    var mayCreate: Bool { true }
    var label: String { "RRMPolicyRatio=\(self.id)" }

    func object(in data: XMLElement) -> RRMPolicyRatio? { data.children.lazy.compactMap { RRMPolicyRatio($0) }.first { $0.id == self.id } }
    func isMet(by object: RRMPolicyRatio?) -> Bool { object == nil }
    func edit(of object: RRMPolicyRatio?) -> XMLElement? {
        var removal = RRMPolicyRatio.filter(self.id)
        removal.attributes["nc:operation"] = "delete"
        removal.attributes["xmlns:nc"] = NETCONFSession.namespace
        return removal
    }
    func difference(from object: RRMPolicyRatio?) -> Difference? {
        object.flatMap { Difference(wanted: $0.comparable.mapValues { _ in .null }, found: $0.comparable) }
    }
}
