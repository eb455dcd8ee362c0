import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The audit log of an installation. One process at a time writes it: the one that holds its lock, which is given back when that process ends.
///
/// Everything that touches the disk runs on queues of its own; the cooperative pool only waits.
package final class AuditStore: Sendable {
    package let directory: AuditDirectory
    private let names: [String]
    /// Empty as long as another process writes.
    private let chains = Mutex<[String: AuditChain]>([:])
    private let lock: Int32
    private let writing = DispatchQueue(label: "audit.write")
    private let reading = DispatchQueue(label: "audit.read")

    /// Another process writes the log.
    package struct Busy: Error, CustomStringConvertible {
        package let description = "another process writes the audit log"
    }

    /// Opens or makes the log in `path`, with these chains, and begins to write it unless another process does; the directory above it must exist.
    ///
    /// - Throws: ``AuditFailure`` when it cannot be written, or when the end of a chain was altered.
    package static func open(path: String, chains names: [String]) async throws -> AuditStore {
        let store = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<AuditStore, any Error>) in
            DispatchQueue(label: "audit.open").async { continuation.resume(with: Result { try Self.make(path, names) }) }
        }
        _ = try await store.begin()
        return store
    }

    private static func make(_ path: String, _ names: [String]) throws(AuditFailure) -> AuditStore {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw AuditDirectory.failure("make", path) }
        #if canImport(Glibc)
            let lock = Glibc.open("\(path)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #else
            let lock = Musl.open("\(path)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #endif
        guard lock >= 0 else { throw AuditDirectory.failure("lock", path) }
        return AuditStore(AuditDirectory(path: path), names, lock)
    }

    private init(_ directory: AuditDirectory, _ names: [String], _ lock: Int32) {
        self.directory = directory
        self.names = names
        self.lock = lock
    }

    deinit {
        self.chains.withLock { chains in chains.values.forEach { $0.close() } }
        // A process that is being started holds what is open until it runs its own program: closing alone would leave the lock to it.
        _ = flock(self.lock, LOCK_UN)
        #if canImport(Glibc)
            _ = Glibc.close(self.lock)
        #else
            _ = Musl.close(self.lock)
        #endif
    }

    /// Begins to write, where nobody else does: during a rolling restart the predecessor does until it has ended.
    ///
    /// - Returns: whether this process writes the log.
    package func begin() async throws -> Bool {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Bool, any Error>) in
            self.writing.async { continuation.resume(with: Result { try self.beginNow() }) }
        }
    }

    private func beginNow() throws(AuditFailure) -> Bool {
        try self.chains.withLock { chains throws(AuditFailure) in
            guard chains.isEmpty else { return true }
            guard flock(self.lock, LOCK_EX | LOCK_NB) == 0 else { return false }
            var opened: [String: AuditChain] = [:]
            do throws(AuditFailure) {
                for name in self.names { opened[name] = try AuditChain(name, in: self.directory) }
            } catch {
                for chain in opened.values { chain.close() }
                _ = flock(self.lock, LOCK_UN)
                throw error
            }
            chains = opened
            return true
        }
    }

    /// Appends entries to a chain; they are on disk when this returns.
    ///
    /// - Throws: ``Busy``, or ``AuditFailure``.
    package func append(_ drafts: [AuditDraft], to name: String) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            self.writing.async {
                continuation.resume(
                    with: Result {
                        try self.chains.withLock { chains in
                            if chains.isEmpty { throw Busy() }
                            guard chains[name] != nil else { throw AuditFailure("there is no chain \(name)") }
                            try chains[name]?.append(drafts)
                        }
                    })
            }
        }
    }

    /// The last entry of every chain that has one, in order of their names; none as long as another process writes.
    package func heads() async -> [AuditHead] {
        await withCheckedContinuation { continuation in
            self.writing.async {
                continuation.resume(returning: self.chains.withLock { $0.values.map(\.head).filter { $0.sequence > 0 } }.sorted { $0.chain < $1.chain })
            }
        }
    }

    /// Where the last entry of a chain stands in the ledger's stream.
    package func position(of chain: String) async -> String? {
        await withCheckedContinuation { continuation in
            self.writing.async { continuation.resume(returning: self.chains.withLock { $0[chain]?.position }) }
        }
    }

    /// Runs `work` on the queue of the log's readers.
    package func read<Value: Sendable>(_ work: @escaping @Sendable (AuditDirectory) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            self.reading.async { continuation.resume(with: Result { try work(self.directory) }) }
        }
    }
}
