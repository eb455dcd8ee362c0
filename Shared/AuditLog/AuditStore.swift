import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The audit log of an installation, open for writing: by one process at a time.
///
/// Everything that touches the disk runs on queues of its own; the cooperative pool only waits.
package final class AuditStore: Sendable {
    package let directory: AuditDirectory
    private let chains: Mutex<[String: AuditChain]>
    private let lock: Int32
    private let writing = DispatchQueue(label: "audit.write")
    private let reading = DispatchQueue(label: "audit.read")

    /// Opens or makes the log in `path`, with these chains; the directory above it must exist.
    ///
    /// - Throws: ``AuditFailure`` when another process writes it, when it cannot be written, or when the end of a chain was altered.
    package static func open(path: String, chains names: [String]) async throws -> AuditStore {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "audit.open").async { continuation.resume(with: Result { try Self.make(path, names) }) }
        }
    }

    private static func make(_ path: String, _ names: [String]) throws(AuditFailure) -> AuditStore {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw AuditDirectory.failure("make", path) }
        #if canImport(Glibc)
            let lock = Glibc.open("\(path)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #else
            let lock = Musl.open("\(path)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #endif
        guard lock >= 0 else { throw AuditDirectory.failure("lock", path) }
        // During a rolling restart the predecessor has it until it has ended.
        var attempts = 0
        while flock(lock, LOCK_EX | LOCK_NB) != 0 {
            attempts += 1
            guard attempts < 200 else {
                _ = Self.closeDescriptor(lock)
                throw AuditFailure("another process writes the audit log in \(path)")
            }
            usleep(50_000)
        }
        let directory = AuditDirectory(path: path)
        var chains: [String: AuditChain] = [:]
        do throws(AuditFailure) {
            for name in names { chains[name] = try AuditChain(name, in: directory) }
        } catch {
            for chain in chains.values { chain.close() }
            _ = Self.closeDescriptor(lock)
            throw error
        }
        return AuditStore(directory, chains, lock)
    }

    private init(_ directory: AuditDirectory, _ chains: [String: AuditChain], _ lock: Int32) {
        self.directory = directory
        self.chains = Mutex(chains)
        self.lock = lock
    }

    deinit {
        self.chains.withLock { chains in chains.values.forEach { $0.close() } }
        _ = Self.closeDescriptor(self.lock)
    }

    private static func closeDescriptor(_ descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #else
            Musl.close(descriptor)
        #endif
    }

    /// Appends entries to a chain; they are on disk when this returns.
    package func append(_ drafts: [AuditDraft], to chain: String) async throws {
        try await self.append([chain: drafts])
    }

    /// As ``append(_:to:)`` for several chains; when it throws, some may have theirs.
    package func append(_ drafts: [String: [AuditDraft]]) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            self.writing.async {
                continuation.resume(
                    with: Result {
                        try self.chains.withLock { chains throws(AuditFailure) in
                            for (name, drafts) in drafts.sorted(by: { $0.key < $1.key }) {
                                guard chains[name] != nil else { throw AuditFailure("there is no chain \(name)") }
                                try chains[name]?.append(drafts)
                            }
                        }
                    })
            }
        }
    }

    /// The last entry of every chain that has one, in order of their names. Waits for a writer: not for the cooperative pool.
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
