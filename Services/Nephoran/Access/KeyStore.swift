import AccessControl
import Foundation
import Glibc

/// The file of keys, changed by one at a time and never half: a reader sees the old file or the new one.
struct KeyStore {
    let path: String

    func read() throws(CommandFailure) -> KeyFile {
        guard access(self.path, F_OK) == 0 else { return KeyFile() }
        guard let text = try? String(contentsOfFile: self.path, encoding: .utf8) else { throw CommandFailure(.usage, "cannot read \(self.path)") }
        do { return try KeyFile(text: text) } catch { throw CommandFailure(.usage, "\(self.path): \(error)") }
    }

    func change(_ body: (inout KeyFile) throws(AccessFault) -> Void) throws(CommandFailure) {
        let lock = open(self.path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw self.failure("open", self.path + ".lock") }
        defer {
            // Also where a process that is just being started has inherited it.
            _ = flock(lock, LOCK_UN)
            close(lock)
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw CommandFailure(.refused, "somebody else is changing \(self.path) just now; try again") }
        var file = try self.read()
        do { try body(&file) } catch { throw CommandFailure(.refused, "\(error.problem)") }
        try WholeFile(path: self.path).write(file.text)
    }

    private func failure(_ what: String, _ path: String) -> CommandFailure {
        CommandFailure(.usage, "cannot \(what) \(path): \(String(cString: strerror(errno)))")
    }
}
