import Foundation
import Glibc

/// Everything that `up` writes.
struct DataDirectory: Sendable {
    /// Absolute.
    let path: String

    init(path: String) throws(CommandFailure) {
        self.path = URL(fileURLWithPath: path).standardizedFileURL.path
        try Self.make(self.path)
        try Self.make(self.logs)
    }

    /// For plans that are looked at and not carried out.
    init(planned path: String) { self.path = path }

    var logs: String { self.file("logs") }
    func file(_ name: String) -> String { self.path + "/" + name }

    /// Taken until the process, and what it guards, is gone.
    func lock() async throws(CommandFailure) -> DirectoryLock { try await DirectoryLock(path: self.file("lock"), directory: self.path) }

    /// Makes the secrets and what the stores need.
    func prepare(for plan: UpPlan) throws(CommandFailure) {
        for secret in ["token", "callback-secret", "pepper"] {
            let path = self.file(secret)
            let known = (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
            if known.isEmpty { try Self.write(Secret.random() + "\n", to: path) } else { chmod(path, 0o600) }
        }
        // Without a key in it: `nephoran key create` adds some.
        let keys = self.file("keys.yaml")
        if access(keys, F_OK) != 0 { try Self.write("keys: []\n", to: keys) }
        for store in plan.stores {
            try Self.make(store.directory)
            try Self.write(store.configuration, to: store.configurationPath)
            if case .socket(let path) = store.endpoint { unlink(path) }
        }
    }

    private static func make(_ path: String) throws(CommandFailure) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure(.usage, "cannot make \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// Readable by its owner from the first byte on.
    private static func write(_ text: String, to path: String) throws(CommandFailure) {
        unlink(path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandFailure(.usage, "cannot write \(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        Terminal(descriptor: descriptor).write(text)
    }
}
