import Foundation
import Glibc

/// The file of a store and those beside it that belong to it.
struct StoreFiles {
    private static let suffixes = ["", "-wal", "-shm", "-journal", ".vectors", ".vectors.new", ".words", ".words.new"]

    let store: String

    /// Whether a path, by whatever links it leads there, is one of them.
    func contain(_ path: String) -> Bool {
        let (place, node) = (Self.place(of: path), Self.node(of: path))
        return Self.suffixes.contains { suffix in
            let own = self.store + suffix
            if place == Self.place(of: own) || place == Self.place(of: self.store) + suffix { return true }
            guard let node, let other = Self.node(of: own) else { return false }
            return node == other
        }
    }

    /// A name that nobody else uses, in the directory of `path`.
    static func scratch(beside path: String, _ purpose: String) -> String { "\(path).\(purpose)-\(UUID().uuidString)" }

    /// With what SQLite may have left beside it.
    static func remove(_ path: String) {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
    }

    /// What restorations that were broken off left behind.
    func removeScratch() {
        let file = URL(fileURLWithPath: self.store)
        let (directory, prefix) = (file.deletingLastPathComponent().path, file.lastPathComponent + ".restore-")
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] where name.hasPrefix(prefix) {
            unlink(directory + "/" + name)
        }
    }

    private struct Node: Equatable {
        var device: dev_t
        var inode: ino_t
    }

    private static func node(of path: String) -> Node? {
        var status = stat()
        return stat(path, &status) == 0 ? Node(device: status.st_dev, inode: status.st_ino) : nil
    }

    /// Without links, as far as there is something; the name of a file that is not there yet in its directory's real place.
    private static func place(of path: String) -> String {
        if let real = self.real(path) { return real }
        let file = URL(fileURLWithPath: path)
        return (self.real(file.deletingLastPathComponent().path) ?? file.deletingLastPathComponent().path) + "/" + file.lastPathComponent
    }

    private static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
