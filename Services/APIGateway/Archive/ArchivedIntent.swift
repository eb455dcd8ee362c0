import IntentModel
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
    private struct Asked: Decodable {
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
    }

    /// Of the plan what is searched.
    private struct Changed: Decodable {
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
