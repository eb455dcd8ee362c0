import Foundation

/// What a killed git may leave in a repository's directory.
enum RepositoryDirectory {
    /// Git holds a ref's lock for milliseconds. One that is older belongs to nobody.
    static let staleLockAge: TimeInterval = 10
    private static let staleTemporaryAge: TimeInterval = 3_600

    /// Makes the directory and clears what an earlier process left behind.
    static func prepare(_ directory: String) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try self.removeStaleLocks(in: directory)
        self.removeFiles(in: directory, olderThan: self.staleTemporaryAge) { $0.hasPrefix("fast_import_crash_") }
        self.removeFiles(in: directory + "/objects/pack", olderThan: self.staleTemporaryAge) { $0.hasPrefix("tmp_") }
        // Packs that a killed import was about to use would be left out of every maintenance.
        self.removeFiles(in: directory + "/objects/pack", olderThan: self.staleTemporaryAge) { name in
            name.hasSuffix(".keep") && (try? String(contentsOfFile: "\(directory)/objects/pack/\(name)", encoding: .utf8)) == "fast-import"
        }
        self.removeEmptyTags(in: directory)
    }

    static func removeStaleLocks(in directory: String) throws {
        self.removeFiles(in: directory, olderThan: self.staleLockAge) { $0 == "packed-refs.lock" || $0 == "HEAD.lock" || $0 == "config.lock" || $0 == "packed-refs.new" }
        guard let files = FileManager.default.enumerator(atPath: directory + "/refs") else { return }
        for case let name as String in files where name.hasSuffix(".lock") {
            self.remove(directory + "/refs/" + name, olderThan: self.staleLockAge)
        }
    }

    /// Tags are written without waiting for the disk, since the history can restore them: after a loss of power some may be empty.
    private static func removeEmptyTags(in directory: String) {
        guard let files = FileManager.default.enumerator(atPath: directory + "/refs/tags") else { return }
        for case let name as String in files {
            let path = directory + "/refs/tags/" + name
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path), attributes[.type] as? FileAttributeType == .typeRegular,
                attributes[.size] as? Int == 0
            else { continue }
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    private static func removeFiles(in directory: String, olderThan age: TimeInterval, where matches: (String) -> Bool) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] where matches(name) {
            self.remove(directory + "/" + name, olderThan: age)
        }
    }

    private static func remove(_ path: String, olderThan age: TimeInterval) {
        guard let changed = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date, -changed.timeIntervalSinceNow > age else { return }
        try? FileManager.default.removeItem(atPath: path)
    }
}
