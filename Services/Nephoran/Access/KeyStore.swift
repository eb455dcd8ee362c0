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
        try self.write(file.text)
    }

    private func write(_ text: String) throws(CommandFailure) {
        let new = "\(self.path).\(getpid())"
        unlink(new)
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw self.failure("write", new) }
        // Whose it was it stays: services read it as somebody else than who changes it.
        var old = stat()
        if stat(self.path, &old) == 0, fchown(descriptor, old.st_uid, old.st_gid) != 0 || fchmod(descriptor, old.st_mode & 0o777) != 0 {
            let failure = self.failure("keep the owner of", self.path)
            close(descriptor)
            unlink(new)
            throw failure
        }
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            written += count
        }
        let isDurable = written == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isDurable, rename(new, self.path) == 0 else {
            let failure = self.failure("write", self.path)
            unlink(new)
            throw failure
        }
        // The name, too, is to survive a loss of power.
        let directory = open(URL(fileURLWithPath: self.path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        if directory >= 0 {
            fsync(directory)
            close(directory)
        }
    }

    private func failure(_ what: String, _ path: String) -> CommandFailure {
        CommandFailure(.usage, "cannot \(what) \(path): \(String(cString: strerror(errno)))")
    }
}
