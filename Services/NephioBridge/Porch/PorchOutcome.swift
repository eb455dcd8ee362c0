/// How far a delivery through Porch has come.
enum PorchOutcome: Sendable, Equatable {
    case ended(PublishResult)
    /// A person's approval, or Porch's controller, is waited for: look again after this long.
    case waiting(Duration)
}

/// Why a delivery through Porch stops.
enum PorchStop: Error, Equatable {
    case conflict(PackagePath)
    case failed(String)
    /// It may work another time.
    case again(String)
    /// The time of this look is over.
    case later
}
