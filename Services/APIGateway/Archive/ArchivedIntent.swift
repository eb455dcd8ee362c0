import IntentModel
import JSONSchema
import Ledger

/// An intent as the archive keeps it: the whole record as JSON, and what is searched.
struct ArchivedIntent: Sendable {
    var id: IntentID
    var tenant: String
    var phase: Phase
    var priority: Priority
    /// Unix milliseconds.
    var created: Int64
    var updated: Int64
    /// How many history entries it had; a later version of it has more.
    var sequence: Int
    var text: String
    var labels: String
    /// Names and kinds of what it was about and what it changed.
    var objects: String
    /// ``IntentRecord``.
    var record: [UInt8]

    init(_ snapshot: RecordSnapshot) throws {
        let request = try snapshot.request()
        self.id = snapshot.id
        self.tenant = request.tenant
        self.phase = snapshot.phase
        self.priority = request.priority
        self.created = snapshot.created
        self.updated = snapshot.updated
        self.sequence = snapshot.sequence
        self.text = request.intent
        self.labels = (request.labels ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: " ")
        self.objects = Self.objects(
            asked: try snapshot.decode(Asked.self, .interpretation), changed: try snapshot.decode(Changed.self, .plan))
        self.record = try snapshot.json()
    }

    /// Of the interpretation what is searched.
    private struct Asked: QuickDocument {
        struct Expectation: Decodable {
            struct Object: Decodable {
                var kind: String
                var type: String?
                var name: String?
            }
            var verb: String
            var object: Object
        }
        var expectations: [Expectation]

        static func read(_ cursor: inout JSONCursor) -> Asked? {
            var expectations: [Expectation]?
            let isWhole = cursor.members { cursor, name in
                if case "expectations" = name { cursor.read(&expectations, Self.expectation) } else { cursor.skip() }
            }
            guard isWhole, let expectations else { return nil }
            return Asked(expectations: expectations)
        }

        private static func expectation(_ cursor: inout JSONCursor) -> Expectation? {
            var verb: String?
            var object: Expectation.Object?
            let isWhole = cursor.members { cursor, name in
                switch name {
                case "verb": cursor.read(&verb)
                case "object": cursor.read(&object, Self.object)
                default: cursor.skip()
                }
            }
            guard isWhole, let verb, let object else { return nil }
            return Expectation(verb: verb, object: object)
        }

        private static func object(_ cursor: inout JSONCursor) -> Expectation.Object? {
            var (kind, type, name): (String?, String?, String?)
            let isWhole = cursor.members { cursor, member in
                switch member {
                case "kind": cursor.read(&kind)
                case "type": cursor.read(&type)
                case "name": cursor.read(&name)
                default: cursor.skip()
                }
            }
            guard isWhole, let kind else { return nil }
            return Expectation.Object(kind: kind, type: type, name: name)
        }
    }

    /// Of the plan what is searched.
    private struct Changed: QuickDocument {
        struct Package: Decodable {
            var function: String
            var instance: String
            var namespace: String
            var cluster: String
        }
        struct Policy: Decodable {
            var policyId: String
            var policyType: String
            var ric: String?
        }
        var packages: [Package]
        var policies: [Policy]

        static func read(_ cursor: inout JSONCursor) -> Changed? {
            var packages: [Package]?
            var policies: [Policy]?
            let isWhole = cursor.members { cursor, name in
                switch name {
                case "packages": cursor.read(&packages, Self.package)
                case "policies": cursor.read(&policies, Self.policy)
                default: cursor.skip()
                }
            }
            guard isWhole, let packages, let policies else { return nil }
            return Changed(packages: packages, policies: policies)
        }

        private static func package(_ cursor: inout JSONCursor) -> Package? {
            var (function, instance, namespace, cluster): (String?, String?, String?, String?)
            let isWhole = cursor.members { cursor, name in
                switch name {
                case "function": cursor.read(&function)
                case "instance": cursor.read(&instance)
                case "namespace": cursor.read(&namespace)
                case "cluster": cursor.read(&cluster)
                default: cursor.skip()
                }
            }
            guard isWhole, let function, let instance, let namespace, let cluster else { return nil }
            return Package(function: function, instance: instance, namespace: namespace, cluster: cluster)
        }

        private static func policy(_ cursor: inout JSONCursor) -> Policy? {
            var (policyId, policyType, ric): (String?, String?, String?)
            let isWhole = cursor.members { cursor, name in
                switch name {
                case "policyId": cursor.read(&policyId)
                case "policyType": cursor.read(&policyType)
                case "ric": cursor.read(&ric)
                default: cursor.skip()
                }
            }
            guard isWhole, let policyId, let policyType else { return nil }
            return Policy(policyId: policyId, policyType: policyType, ric: ric)
        }
    }

    private static func objects(asked: Asked?, changed: Changed?) -> String {
        var words: [String] = []
        for expectation in asked?.expectations ?? [] {
            words += [expectation.verb, expectation.object.kind, expectation.object.type, expectation.object.name].compactMap { $0 }
        }
        for package in changed?.packages ?? [] { words += [package.function, package.instance, package.namespace, package.cluster] }
        for policy in changed?.policies ?? [] { words += [policy.policyId, policy.policyType, policy.ric].compactMap { $0 } }
        var seen: Set<String> = []
        return words.filter { seen.insert($0).inserted }.joined(separator: " ")
    }
}
