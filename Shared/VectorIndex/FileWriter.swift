import Glibc

/// Writes to places of one file. Its errors are the system's words.
final class FileWriter {
    let path: String
    private let descriptor: Int32

    /// - Parameter isNew: made anew, with nothing in it.
    init(path: String, isNew: Bool) throws(VectorIndexError) {
        self.path = path
        self.descriptor = open(path, O_WRONLY | O_CLOEXEC | (isNew ? O_CREAT | O_TRUNC : 0), 0o600)
        guard self.descriptor >= 0 else { throw Self.error(path) }
    }

    deinit { close(self.descriptor) }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(VectorIndexError) {
        var done = 0
        while done < bytes.count {
            let count = pwrite(self.descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(offset + done))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.error(self.path) }
            done += count
        }
    }

    func write(_ page: FilePage, at offset: Int) throws(VectorIndexError) {
        let result: Result<Void, VectorIndexError> = page.bytes.withUnsafeBytes { bytes in
            do throws(VectorIndexError) { return .success(try self.write(bytes, at: offset)) } catch { return .failure(error) }
        }
        try result.get()
    }

    /// What was written so far is on the disk before anything written later.
    func flush() throws(VectorIndexError) {
        guard fdatasync(self.descriptor) == 0 else { throw Self.error(self.path) }
    }

    /// The file takes another's name, and its place.
    func rename(to path: String) throws(VectorIndexError) {
        guard Glibc.rename(self.path, path) == 0 else { throw Self.error(path) }
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(directory, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.error(directory) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Self.error(directory) }
    }

    static func error(_ path: String) -> VectorIndexError { .system(path: path, reason: String(cString: strerror(errno))) }
}
