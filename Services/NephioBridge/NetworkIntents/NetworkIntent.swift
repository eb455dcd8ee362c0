import Crypto
import IntentModel
import JSONSchema
import Kubernetes

/// A `NetworkIntent` as the controller reads it: what is wanted, and what it has noted about it.
struct NetworkIntent: Sendable {
    /// Keeps the object until what it began has come to an end.
    static let finalizer = "nephoran.com/intent"
    /// Label of the intents that came of an object: its uid.
    static let uidLabel = "networkintent-uid"

    enum DeletionPolicy: String, Sendable {
        /// What is under way is cancelled, and so undone; what is in effect stays.
        case retain = "Retain"
        /// What is in effect is rolled back, too.
        case rollback = "Rollback"
    }

    /// What of the specification becomes the intent. Another one is another intent.
    struct Request: Sendable, Equatable {
        var text: String
        var priority: Priority
        var namespace: String?
        var cluster: String?
        var approval: IntentRequest.Approval

        init(text: String, priority: Priority, namespace: String?, cluster: String?, approval: IntentRequest.Approval) {
            self.text = text
            self.priority = priority
            self.namespace = namespace
            self.cluster = cluster
            self.approval = approval
        }

        init(_ request: IntentRequest) {
            self.init(
                text: request.intent, priority: request.priority, namespace: request.namespace, cluster: request.cluster, approval: request.approval)
        }

        /// Tells two requests apart; kept in the status.
        var hash: String {
            let parts: JSONValue = [
                .string(self.text), .string(self.priority.rawValue), self.namespace.map { .string($0) } ?? .null, self.cluster.map { .string($0) } ?? .null,
                .string(self.approval.rawValue),
            ]
            return SHA256.hash(data: parts.bytes).prefix(12).map { byte in
                let text = String(byte, radix: 16)
                return text.count == 1 ? "0" + text : text
            }.joined()
        }
    }

    let object: KubernetesObject
    /// What is wrong with the specification, where the server did not see to it.
    let request: Result<Request, Problem>
    let isPaused: Bool
    let deletionPolicy: DeletionPolicy

    /// The intent that came of ``requestHash``.
    let intentId: IntentID?
    /// An intent of an earlier request that may not have ended.
    let replaces: IntentID?
    /// Of the request that was dealt with last.
    let requestHash: String?
    /// The generation under whose name a request is being submitted, and may have been.
    let submission: Int?
    /// The gateway refused whoever asked under that name, when it answered last: nothing came of it, as far as is known.
    let isSubmissionDenied: Bool
    /// A roll back was asked for, and may have begun.
    let isRollingBack: Bool

    init(_ object: KubernetesObject) {
        self.object = object
        let (spec, status) = (object.spec, object.status)
        self.request = Self.request(spec)
        self.isPaused = spec["paused"]?.boolean ?? false
        self.deletionPolicy = spec["deletionPolicy"]?.string.flatMap(DeletionPolicy.init(rawValue:)) ?? .retain
        self.intentId = status["intentId"]?.string.flatMap { IntentID($0) }
        self.replaces = status["replaces"]?.string.flatMap { IntentID($0) }
        self.requestHash = status["requestHash"]?.string
        self.submission = status["submission"]?["generation"]?.integer
        self.isSubmissionDenied = status["submission"]?["denied"]?.boolean ?? false
        self.isRollingBack = status["rollingBack"]?.boolean ?? false
    }

    private static func request(_ spec: JSONValue) -> Result<Request, Problem> {
        func invalid(_ detail: String) -> Result<Request, Problem> {
            .failure(Problem(status: 400, code: "invalid_body", title: "Invalid NetworkIntent", detail: detail))
        }
        let texts = ["intent", "description"].compactMap { spec[$0]?.string }.filter { !$0.isEmpty }
        guard let text = texts.first, texts.count == 1 else { return invalid("spec needs intent or description, and not both") }
        var request = Request(text: text, priority: .medium, namespace: nil, cluster: nil, approval: .auto)
        if let value = spec["priority"]?.string {
            guard let priority = Priority(rawValue: value) else { return invalid("spec.priority must be one of low, medium, high, critical") }
            request.priority = priority
        }
        if let value = spec["approval"]?.string {
            guard let approval = IntentRequest.Approval(rawValue: value) else { return invalid("spec.approval must be auto or required") }
            request.approval = approval
        }
        request.namespace = spec["targetNamespace"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        request.cluster = spec["targetCluster"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        return .success(request)
    }

    var key: ObjectKey { self.object.key }
    /// Those that may not have ended.
    var intents: [IntentID] { [self.intentId, self.replaces].compactMap(\.self) }
    var holdsFinalizer: Bool { self.object.finalizers.contains(Self.finalizer) }

    /// Everything was dealt with, as far as the object tells.
    var isSettled: Bool {
        guard !self.object.isBeingDeleted, self.submission == nil, self.holdsFinalizer,
            self.object.status["observedGeneration"]?.integer == self.object.generation, case .success(let request) = self.request,
            request.hash == self.requestHash
        else { return false }
        return ["Completed", "Failed"].contains(self.object.status["phase"]?.string)
    }

    /// The body of `POST /v1/intents`. The same request gives the same bytes.
    func body(_ request: Request, supersedes: IntentID?, mustBeApproved: Bool = false) -> [UInt8] {
        var body: [String: JSONValue] = [
            "intent": .string(request.text), "priority": .string(request.priority.rawValue),
            "approval": .string(mustBeApproved ? IntentRequest.Approval.required.rawValue : request.approval.rawValue),
        ]
        if let namespace = request.namespace { body["namespace"] = .string(namespace) }
        if let cluster = request.cluster { body["cluster"] = .string(cluster) }
        if let supersedes { body["supersedes"] = .string(supersedes.description) }
        var labels: [String: JSONValue] = [Self.uidLabel: .string(self.object.uid)]
        // What is longer is no label; the object is found by its uid.
        let name = self.key.description
        if name.utf8.count <= 63 { labels["networkintent"] = .string(name) }
        body["labels"] = .object(labels)
        return JSONValue.object(body).bytes
    }

    /// Stands for one request of one generation, for ever.
    func idempotencyKey(generation: Int) -> String { "networkintent-\(self.object.uid)-\(generation)" }
}
