import Glibc

/// Lets processes that publish through one repository on this machine take turns, as during a rolling restart: racing each other, one of them
/// may lose again and again. Correctness does not rest on it: the branch only moves from where its mover has seen it.
///
/// A lock of the kernel (`flock`), given back when its holder dies. A holder that is merely stopped must not stop everybody, so that the wait ends.
struct ProcessTurn: ~Copyable {
    private static let interval = Duration.milliseconds(2)

    private let descriptor: Int32

    /// Nil when there was no turn to be had in time, or nothing to lock.
    init?(at directory: String, within limit: Duration) async {
        let descriptor = open("\(directory)/nephoran.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return nil }
        let deadline = ContinuousClock.now + limit
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR, ContinuousClock.now < deadline, (try? await Task.sleep(for: Self.interval)) != nil else {
                close(descriptor)
                return nil
            }
        }
        self.descriptor = descriptor
    }

    deinit {
        // Also where a process that is just being started has inherited it.
        _ = flock(self.descriptor, LOCK_UN)
        close(self.descriptor)
    }
}
