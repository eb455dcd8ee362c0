import IntentModel
import JSONSchema

/// What an element is to have, since an intent configured it so: one share of radio resources, or one attribute of an object that the element has.
struct DesiredObject: Sendable, Equatable {
    /// Attributes of one object may be of different intents, so each is kept by itself.
    struct Key: Sendable, Hashable {
        let managedClass: String
        /// Nil for the object whole.
        let attribute: String?
        let id: String

        /// As a field of a hash: neither a class nor an attribute has a space.
        var field: String { "\(self.managedClass) \(self.attribute ?? "*") \(self.id)" }

        init(managedClass: String, attribute: String?, id: String) {
            self.managedClass = managedClass
            self.attribute = attribute
            self.id = id
        }

        init?(field: String) {
            let parts = field.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { return nil }
            self.init(managedClass: parts[0], attribute: parts[1] == "*" ? nil : parts[1], id: parts[2])
        }
    }

    let key: Key
    /// JSON text.
    let document: String
    /// The intent.
    let origin: String

    /// What a change over O1 is about, and what it wants there; an empty document is the end of the object.
    static func parts(of change: PolicyChange) -> [(key: Key, document: String)] {
        if change.policyType == RRMPolicyRatio.className || change.change == .delete {
            let key = Key(managedClass: change.policyType, attribute: nil, id: change.policyId)
            return [(key, change.change == .delete ? "" : change.document)]
        }
        let attributes = (try? JSONValue(parsing: change.document))?.object ?? [:]
        return attributes.sorted { $0.key < $1.key }.map { name, value in
            (Key(managedClass: change.policyType, attribute: name, id: change.policyId), JSONValue.object([name: value]).text)
        }
    }

    /// As it is compared, and made again; nil for what cannot be read any more.
    func edit(_ classes: ManagedClassCatalogue) -> (any ConfigurationEdit)? {
        if self.key.managedClass == RRMPolicyRatio.className {
            return (try? RRMPolicyRatio(id: self.key.id, document: self.document)).map { ShareEdit(policy: $0, exactly: true) }
        }
        return classes[self.key.managedClass].flatMap { try? AttributeEdit($0, name: self.key.id, document: self.document) }
    }
}
