import IntentModel

/// How far one intent has come whose packages are for several repositories, one after the other. Pure.
///
/// What may be tried again is tried as a whole: a repository that has its part already says so.
struct SpanningPublication: Sendable {
    private let order: [String]
    private var packages: [PublishedPackage] = []
    private var isWithdrawn = false

    init(_ request: PublishRequest) { self.order = request.changes.map(\.path) }

    private var hasEffect: Bool { self.packages.contains { $0.change != .none } }

    /// In the order of the changes.
    private var sorted: [PublishedPackage] {
        let places = Dictionary(self.order.enumerated().map { ($1, $0) }, uniquingKeysWith: min)
        return self.packages.sorted { (places[$0.path] ?? .max) < (places[$1.path] ?? .max) }
    }

    /// What has become of the part for the next repository.
    /// - Returns: the end, when nothing is to be done at the others.
    mutating func take(_ outcome: DeliveryOutcome, from name: String) -> DeliveryOutcome? {
        switch outcome {
        case .ended(.published(let packages)):
            self.packages += packages
            return nil
        case .withdrawn:
            // All of them are asked: each may have published its part.
            self.isWithdrawn = true
            return nil
        case .ended(.conflict(let path)) where self.hasEffect: return .partial(self.sorted, reason: "\(path) changed meanwhile")
        case .ended(.failed(let reason, mayRetry: false)) where self.hasEffect: return .partial(self.sorted, reason: "\(name): \(reason)")
        case .partial(let packages, let reason):
            self.packages += packages
            return .partial(self.sorted, reason: "\(name): \(reason)")
        case .ended, .waiting: return outcome
        }
    }

    /// Once all have been asked.
    var outcome: DeliveryOutcome {
        guard self.isWithdrawn else { return .ended(.published(self.sorted)) }
        return self.packages.isEmpty ? .withdrawn : .ended(.published(self.sorted))
    }
}
