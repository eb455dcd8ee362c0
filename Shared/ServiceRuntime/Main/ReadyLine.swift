import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Tells whoever started this process, on a descriptor it was given, that it is ready. A question over HTTP could not tell it from
/// the process it replaces: both answer on the same port.
struct ReadyLine: Sendable {
    let descriptor: Int32

    /// Nil when nobody wants to know.
    init?(_ descriptor: Int) {
        guard descriptor > 0 else { return nil }
        self.descriptor = Int32(descriptor)
        _ = fcntl(self.descriptor, F_SETFD, FD_CLOEXEC)
    }

    /// Says so once `isReady`, and closes the descriptor.
    func write(when isReady: () async -> Bool) async {
        while !Task.isCancelled, await !isReady() { try? await Task.sleep(for: .milliseconds(20)) }
        _ = "ready\n".withCString { posixWrite(self.descriptor, $0, strlen($0)) }
        close(self.descriptor)
    }
}

private func posixWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int { write(descriptor, bytes, count) }
