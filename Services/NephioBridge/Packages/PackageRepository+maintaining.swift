import CMimalloc
import GitObjects
import Glibc
import Logging

/// What piled up since the last maintenance.
struct MaintenanceNeed: Sendable {
    private(set) var packs = 0
    private(set) var tags = 0
    /// Every object is looked for in every pack.
    static let packLimit = PackStore.mergeInterval
    /// Every tag is a file of its own until packed. A start follows the branch from the last packing.
    static let tagLimits = 4_000...32_000

    /// Packing writes those that are packed already once more: a sixteenth of them is waited for, so that a tag costs the same however many there are.
    ///
    /// - Parameter bytes: of `packed-refs`, about 80 a tag.
    static func tagLimit(packed bytes: Int) -> Int { min(max(self.tagLimits.lowerBound, bytes / (80 * 16)), self.tagLimits.upperBound) }

    mutating func count(packs: Int, tags: Int) {
        self.packs += packs
        self.tags += tags
    }

    /// What is due now, which then counts as done.
    ///
    /// - Parameter packed: bytes of `packed-refs`; asked when it may matter.
    mutating func take(packed: () -> Int) -> (packs: Bool, tags: Bool) {
        let mayBeDue = self.tags >= Self.tagLimits.lowerBound
        let due = (packs: self.packs >= Self.packLimit, tags: mayBeDue && self.tags >= Self.tagLimit(packed: packed()))
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
        let due = self.maintenance.take { [directory = self.target.directory] in
            var status = stat()
            return stat("\(directory)/packed-refs", &status) == 0 ? Int(status.st_size) : 0
        }
        guard due.packs || due.tags else { return }
        let index = due.tags && self.owedTags.isEmpty ? self.index : nil
        self.maintaining = Task.detached { [git, packs, logger, directory = self.target.directory] in
            do {
                if due.packs {
                    try await Blocking.run {
                        // A merge takes some bytes an object, once in a long while for all there are: they are given back by the thread that took them.
                        defer { mi_collect(true) }
                        _ = try packs.merge()
                    }
                }
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
