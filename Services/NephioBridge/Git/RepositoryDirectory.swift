import Foundation

/// What a killed git may leave in a repository's directory.
enum RepositoryDirectory {
    /// Git holds a ref's lock for milliseconds. One that is older belongs to nobody.
    static let staleLockAge: TimeInterval = 10
    /// … and a ref's, where the process that took it cannot be one of ours: it was killed, and who takes its work over does not wait for the rest.
    static let ownerlessLockAge: TimeInterval = 1
    private static let staleTemporaryAge: TimeInterval = 3_600

    /// Makes the directory, clears what an earlier process left behind, and counts what maintenance would join.
    static func prepare(_ directory: String) throws -> (packs: Int, looseTags: Int) {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try self.removeStaleLocks(in: directory)
        self.removeFiles(in: directory + "/objects/pack", olderThan: self.staleTemporaryAge) { $0.hasPrefix("tmp_") }
        // A pack whose index never came is seen by nobody.
        self.removeFiles(in: directory + "/objects/pack", olderThan: self.staleTemporaryAge) { name in
            name.hasSuffix(".pack") && !FileManager.default.fileExists(atPath: "\(directory)/objects/pack/\(name.dropLast(".pack".count)).idx")
        }
        let packs = (try? FileManager.default.contentsOfDirectory(atPath: directory + "/objects/pack"))?.count { $0.hasSuffix(".pack") } ?? 0
        return (packs, self.removeEmptyTags(in: directory))
    }

    /// - Parameter hasTurn: no other process of ours is at it, see ``ProcessTurn``.
    static func removeStaleLocks(in directory: String, hasTurn: Bool = false) throws {
        self.removeFiles(in: directory, olderThan: self.staleLockAge) {
            $0 == "packed-refs.lock" || $0 == "HEAD.lock" || $0 == "config.lock" || $0 == "packed-refs.new"
        }
        guard let files = FileManager.default.enumerator(atPath: directory + "/refs") else { return }
        for case let name as String in files where name.hasSuffix(".lock") {
            self.remove(directory + "/refs/" + name, olderThan: hasTurn ? self.ownerlessLockAge : self.staleLockAge)
        }
    }

    /// Tags are written without waiting for the disk, since the history can restore them: after a loss of power some may be empty.
    /// Returns how many are not.
    private static func removeEmptyTags(in directory: String) -> Int {
        guard let files = FileManager.default.enumerator(atPath: directory + "/refs/tags") else { return 0 }
        var count = 0
        for case let name as String in files {
            let path = directory + "/refs/tags/" + name
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path), attributes[.type] as? FileAttributeType == .typeRegular else {
                continue
            }
            if attributes[.size] as? Int == 0 { try? FileManager.default.removeItem(atPath: path) } else { count += 1 }
        }
        return count
    }

    private static func removeFiles(in directory: String, olderThan age: TimeInterval, where matches: (String) -> Bool) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] where matches(name) {
            self.remove(directory + "/" + name, olderThan: age)
        }
    }

    private static func remove(_ path: String, olderThan age: TimeInterval) {
        guard let changed = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date, -changed.timeIntervalSinceNow > age else {
            return
        }
        try? FileManager.default.removeItem(atPath: path)
    }
}
