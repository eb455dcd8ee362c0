import GitObjects

/// Between these points of a publication, of a proposal, and of the merging of packs, nothing is done that another process could see: where tests
/// interrupt it.
enum PublicationPoint: Sendable, Equatable {
    case pack(PackStore.Point)
    case ref(RefFiles.Point)
    case draft(DraftBranch.Point)
    case pull(PullRequestDelivery.Point)

    static let all =
        PackStore.Point.allCases.map { Self.pack($0) } + RefFiles.Point.allCases.map { Self.ref($0) } + DraftBranch.Point.allCases.map { Self.draft($0) }
        + PullRequestDelivery.Point.allCases.map { Self.pull($0) }

    var name: String {
        switch self {
        case .pack(let point): point.rawValue
        case .ref(let point): point.rawValue
        case .draft(let point): point.rawValue
        case .pull(let point): point.rawValue
        }
    }

    /// Nil unless `name` is one's.
    init?(_ name: String) {
        guard let point = Self.all.first(where: { $0.name == name }) else { return nil }
        self = point
    }
}
