/// Why a delivery through Porch stops.
enum PorchStop: Error, Equatable {
    case conflict(PackagePath)
    case failed(String)
    /// It may work another time.
    case again(String)
    /// The time of this look is over.
    case later
}
