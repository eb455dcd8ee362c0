#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One chain, open for what comes next. The file itself says where it ends: nothing else has to be kept in step with it.
struct AuditChain {
    private(set) var head: AuditHead
    /// Of the last entry.
    private(set) var position: String?
    private let directory: AuditDirectory
    private var descriptor: Int32
    private var size: Int

    /// Opens a chain, or begins it. A last line without its newline was being written when the power went; nobody was told of it, and it is taken away.
    ///
    /// - Throws: ``AuditFailure`` when the last entry is not to be trusted: what came after it would hide that.
    init(_ chain: String, in directory: AuditDirectory) throws(AuditFailure) {
        self.directory = directory
        let path = directory.directory(of: chain)
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw AuditDirectory.failure("make", path) }
        self.head = AuditHead(chain: chain, sequence: 0, hash: AuditHash.genesis(of: chain))
        self.position = nil
        let segments = try directory.segments(of: chain)
        guard let last = segments.last else {
            self.descriptor = try Self.open(directory.file(chain, first: 1))
            self.size = 0
            try Self.synchronise(path)
            return
        }
        let bytes = try AuditDirectory.bytes(of: last.file)
        let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        self.descriptor = try Self.open(last.file)
        self.size = whole
        if whole < bytes.count, ftruncate(self.descriptor, off_t(whole)) != 0 || fsync(self.descriptor) != 0 {
            throw AuditDirectory.failure("mend", last.file)
        }
        // A file that was begun and not written to follows the one before.
        var (file, line) = (last.file, bytes[..<whole].dropLast().split(separator: UInt8(ascii: "\n")).last)
        if line == nil, segments.count > 1 {
            file = segments[segments.count - 2].file
            line = try AuditDirectory.lines(of: file).last
        }
        guard let line else { return }
        guard let parsed = AuditLine(line), parsed.isIntact, parsed.entry.chain == chain else {
            throw AuditFailure("the last entry of \(file) was altered; see nephoran audit verify. To begin anew, keep \(directory.path) elsewhere")
        }
        self.head = AuditHead(chain: chain, sequence: parsed.entry.sequence, hash: parsed.hash)
        self.position = parsed.entry.position
    }

    /// Appends entries, in order. They are on disk when this returns; otherwise none of them is there.
    mutating func append(_ drafts: [AuditDraft]) throws(AuditFailure) {
        guard !drafts.isEmpty else { return }
        if self.size >= AuditDirectory.segmentBytes { try self.beginSegment() }
        var head = self.head
        var bytes: [UInt8] = []
        for draft in drafts {
            let line = AuditLine(draft.entry(in: head.chain, head.sequence + 1, after: head.hash))
            bytes += line.bytes
            bytes.append(UInt8(ascii: "\n"))
            head = AuditHead(chain: head.chain, sequence: head.sequence + 1, hash: line.hash)
        }
        guard Self.write(bytes, to: self.descriptor), fdatasync(self.descriptor) == 0 else {
            let failure = AuditDirectory.failure("write", self.directory.directory(of: head.chain))
            // What got through of them must not stand before the next attempt.
            if ftruncate(self.descriptor, off_t(self.size)) != 0 { throw AuditFailure("\(failure), and not take it back") }
            throw failure
        }
        self.size += bytes.count
        self.head = head
        self.position = drafts.last?.position ?? self.position
    }

    func close() { _ = Self.closeDescriptor(self.descriptor) }

    private mutating func beginSegment() throws(AuditFailure) {
        let next = try Self.open(self.directory.file(self.head.chain, first: self.head.sequence + 1))
        _ = Self.closeDescriptor(self.descriptor)
        self.descriptor = next
        self.size = 0
        try Self.synchronise(self.directory.directory(of: self.head.chain))
    }

    private static func open(_ file: String) throws(AuditFailure) -> Int32 {
        #if canImport(Glibc)
            let descriptor = Glibc.open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        #else
            let descriptor = Musl.open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        #endif
        guard descriptor >= 0 else { throw AuditDirectory.failure("open", file) }
        return descriptor
    }

    private static func closeDescriptor(_ descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #else
            Musl.close(descriptor)
        #endif
    }

    /// Names of files are kept by their directory.
    private static func synchronise(_ directory: String) throws(AuditFailure) {
        #if canImport(Glibc)
            let descriptor = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        #else
            let descriptor = Musl.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        #endif
        guard descriptor >= 0 else { throw AuditDirectory.failure("open", directory) }
        defer { _ = self.closeDescriptor(descriptor) }
        guard fsync(descriptor) == 0 else { throw AuditDirectory.failure("synchronise", directory) }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                #if canImport(Glibc)
                    let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #else
                    let count = Musl.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #endif
                if count < 0 {
                    if errno == EINTR { continue }
                    return false
                }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }
}
