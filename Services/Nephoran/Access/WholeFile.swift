import Foundation
import Glibc

/// A file that is replaced whole or not at all, and survives a loss of power: a reader sees the old one or the new one.
struct WholeFile {
    let path: String

    func write(_ text: String) throws(CommandFailure) {
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
