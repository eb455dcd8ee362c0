import IntentModel

/// How far a delivery through somebody else's API has come.
enum DeliveryOutcome: Sendable, Equatable {
    case ended(PublishResult)
    /// A person's approval, or a controller, is waited for: look again after this long.
    case waiting(Duration)
    /// These are published, the rest is not and will not be.
    case partial([PublishedPackage], reason: String)
    /// Nothing was published, and nothing of it is left to be decided.
    case withdrawn
}
