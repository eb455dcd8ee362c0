import Glibc

/// One `up` per directory. The guardian holds the lock too, so that it is free only once everything has ended.
struct DirectoryLock: Sendable {
    let descriptor: Int32

    /// Waits a moment when the holder died and its guardian is still cleaning up.
    init(path: String, directory: String) async throws(CommandFailure) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandFailure(.usage, "cannot open \(path): \(String(cString: strerror(errno)))") }
        let deadline = ContinuousClock.now + .seconds(12)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let holder = Self.holder(descriptor)
            guard holder > 0, kill(holder, 0) != 0, errno == ESRCH, ContinuousClock.now < deadline else {
                close(descriptor)
                throw CommandFailure(
                    .refused, "another nephoran up\(holder > 0 ? " (process \(holder))" : "") uses \(directory); stop it, or choose another --data-dir")
            }
            try? await Task.sleep(for: .milliseconds(50))
        }
        let text = "\(getpid())\n"
        ftruncate(descriptor, 0)
        _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
        self.descriptor = descriptor
    }

    private static func holder(_ descriptor: Int32) -> pid_t {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return pid_t(String(decoding: bytes.prefix(max(0, count)).prefix { $0 >= 0x30 && $0 <= 0x39 }, as: UTF8.self)) ?? 0
    }
}
