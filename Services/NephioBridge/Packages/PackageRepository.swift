import GitObjects
import IntentModel
import Logging

/// The packages in Git: publishes batches, answers from an index of the branch's head, reads back.
///
/// The branch is the one truth and its update the one moment of publication; index, memory and tags are derived from the
/// history and completed from it after a crash. Whatever changes them runs in turns, one at a time.
actor PackageRepository {
    static let branch = "main"

    let target: PublishTarget
    let branch: String
    let git: GitCommand
    let reader: GitObjectReader
    let packs: PackStore
    let refs: RefFiles
    private let signing: CommitSigners.Signer?
    /// As its file has it now.
    var signer: SSHSigningKey? { self.signing?.value }
    let logger: Logger
    let passing: @Sendable (PublicationPoint) throws -> Void
    let turns = TurnQueue(capacity: 256)
    let clock = ContinuousClock()
    /// How old an answer to a reader may be.
    let freshness: Duration

    var index = PackageIndex(head: nil)
    var memory = PublicationMemory(completeSince: CommitTime(seconds: .max))
    var cache = PackageFileCache(limit: 24 << 20)
    /// The directories above packages at the head, as far as they were needed.
    var spine = TreeSpine()
    /// The tree of a commit: that of the head, usually.
    var tip: (commit: ObjectID, tree: ObjectID)?
    /// Objects of packages that need not be written again.
    var recent = RecentObjects()
    var isOpen = false
    var checkedAt: ContinuousClock.Instant?
    /// Tags of published revisions that could not be written yet: name below `refs/tags/` → commit.
    var owedTags: [String: ObjectID] = [:]
    var maintenance = MaintenanceNeed()
    var maintaining: Task<Void, Never>?

    init(
        target: PublishTarget, branch: String = PackageRepository.branch, freshness: Duration? = nil, git executable: String = "git",
        signer: CommitSigners.Signer? = nil,
        logger: Logger = Logger(label: "packages"), passing: @escaping @Sendable (PublicationPoint) throws -> Void = { _ in }
    ) {
        self.target = target
        self.branch = branch
        self.git = GitCommand(directory: target.directory, executable: executable)
        self.reader = GitObjectReader(git: self.git)
        self.passing = passing
        self.packs = PackStore(repository: target.directory) { try passing(.pack($0)) }
        self.refs = RefFiles(repository: target.directory) { try passing(.ref($0)) }
        self.freshness = freshness ?? (target.remote == nil ? .seconds(1) : .seconds(5))
        self.signing = signer
        self.logger = logger
    }

    var headRef: String { "refs/heads/\(self.branch)" }

    /// Opens the repository, creating it when missing, and builds the index. Also done by whoever first needs it.
    func open() async throws {
        try await self.turns.take { try await self.becomeCurrent(fetching: true) }
    }

    /// Ends the processes that are kept; the repository can be used again afterwards.
    func stop() async {
        self.maintaining?.cancel()
        await self.maintaining?.value
        await self.reader.stop()
    }
}
