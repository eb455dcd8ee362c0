#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where the log is: a directory for each chain, in it files named by the sequence of their first entry.
///
/// `audit/p03/000000000001.ndjson`
package struct AuditDirectory: Sendable {
    /// Bytes after which a chain goes on in a new file.
    static let segmentBytes = 16 << 20
    /// Bytes of the longest file that is read: a segment and the batch that filled it.
    package static let maxFileBytes = 64 << 20

    package let path: String

    package init(path: String) { self.path = path }

    func directory(of chain: String) -> String { "\(self.path)/\(chain)" }

    func file(_ chain: String, first sequence: Int) -> String {
        let digits = "\(sequence)"
        return "\(self.directory(of: chain))/\(String(repeating: "0", count: max(0, 12 - digits.utf8.count)))\(digits).ndjson"
    }

    /// Names of the chains that are there, in order.
    package func chains() throws(AuditFailure) -> [String] {
        try Self.names(in: self.path).filter { name in
            var info = stat()
            return stat("\(self.path)/\(name)", &info) == 0 && (info.st_mode & S_IFMT) == S_IFDIR
        }
    }

    /// Files of a chain, oldest first.
    package func segments(of chain: String) throws(AuditFailure) -> [(file: String, first: Int)] {
        var segments: [(file: String, first: Int)] = []
        for name in try Self.names(in: self.directory(of: chain)) where name.hasSuffix(".ndjson") {
            guard let first = Int(name.dropLast(7)), first > 0 else { continue }
            segments.append(("\(self.directory(of: chain))/\(name)", first))
        }
        return segments.sorted { $0.first < $1.first }
    }

    /// Whole lines of a file, without their newlines; what follows the last newline is not a line yet.
    ///
    /// - Parameter maxBytes: an export is longer than any file of the log.
    package static func lines(of file: String, maxBytes: Int = maxFileBytes) throws(AuditFailure) -> [ArraySlice<UInt8>] {
        try self.bytes(of: file, maxBytes: maxBytes).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
    }

    static func bytes(of file: String, maxBytes: Int = maxFileBytes) throws(AuditFailure) -> [UInt8] {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw self.failure("read", file) }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw self.failure("read", file) }
        guard Int(info.st_size) <= maxBytes else { throw AuditFailure("\(file) is larger than any file of this log") }
        let size = Int(info.st_size)
        var count = 0
        var code = Int32(0)
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            while count < size {
                let got = read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
                if got > 0 {
                    count += got
                } else if got == 0 {
                    break
                } else if errno != EINTR {
                    code = errno
                    break
                }
            }
            filled = count
        }
        guard code == 0 else { throw AuditFailure("cannot read \(file): \(String(cString: strerror(code)))") }
        return bytes
    }

    static func failure(_ verb: String, _ file: String) -> AuditFailure {
        AuditFailure("cannot \(verb) \(file): \(String(cString: strerror(errno)))")
    }

    private static func names(in directory: String) throws(AuditFailure) -> [String] {
        guard let stream = opendir(directory) else { throw self.failure("read", directory) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
