import GitObjects
import Logging

/// What piled up since the last maintenance.
struct MaintenanceNeed: Sendable {
    private(set) var packs = 0
    private(set) var tags = 0
    /// Every object is looked for in every pack; every tag is a file of its own until packed.
    static let packLimit = PackStore.mergeInterval
    static let tagLimit = 4_000

    mutating func count(packs: Int, tags: Int) {
        self.packs += packs
        self.tags += tags
    }

    /// What is due now, which then counts as done.
    mutating func take() -> (packs: Bool, tags: Bool) {
        let due = (packs: self.packs >= Self.packLimit, tags: self.tags >= Self.tagLimit)
        if due.packs { self.packs = 0 }
        if due.tags { self.tags = 0 }
        return due
    }
}

extension PackageRepository {
    /// Merges packs and packs loose tags in the background. Neither takes the lock of the branch, so publishing goes on. The
    /// index is kept when its tags are on disk: who starts from it does not look for older ones.
    func maintainIfNeeded() {
        guard self.maintaining == nil else { return }
        let due = self.maintenance.take()
        guard due.packs || due.tags else { return }
        let index = due.tags && self.owedTags.isEmpty ? self.index : nil
        self.maintaining = Task.detached { [git, packs, logger, directory = self.target.directory] in
            do {
                if due.packs { try await Blocking.run { _ = try packs.merge() } }
                if due.tags { try await git.output(["-c", "core.fsync=all", "pack-refs"], deadline: .seconds(600)) }
                if let index { try await Blocking.run { try PackageIndexFile.write(index, in: directory) } }
            } catch {
                logger.warning("maintenance of the package repository failed", metadata: ["error": "\(error)"])
            }
            await self.maintained()
        }
    }

    private func maintained() { self.maintaining = nil }
}
