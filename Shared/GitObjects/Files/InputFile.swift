import Glibc

/// A file that is read from any place, as it was when it was opened, also when its name is gone.
final class InputFile {
    let path: String
    let size: Int
    private let descriptor: Int32

    /// Nil when there is none.
    init?(opening path: String) throws(FileError) {
        self.path = path
        self.descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard self.descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR || errno == EISDIR { return nil }
            throw FileError("open", path)
        }
        var status = stat()
        guard fstat(self.descriptor, &status) == 0 else {
            let error = FileError("stat", path)
            close(self.descriptor)
            throw error
        }
        self.size = Int(status.st_size)
    }

    deinit { close(self.descriptor) }

    /// - Throws: ``FileError`` also when the file ends before.
    func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, done in
            while done < range.count {
                let count = pread(self.descriptor, buffer.baseAddress?.advanced(by: done), range.count - done, off_t(range.lowerBound + done))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    code = count == 0 ? ENODATA : errno
                    return
                }
                done += count
            }
        }
        guard code == 0 else { throw FileError("read", self.path, code: code) }
        return bytes
    }

    /// All of a small file; nil when there is none.
    static func contents(of path: String) throws(FileError) -> [UInt8]? {
        guard let file = try InputFile(opening: path) else { return nil }
        do { return try file.read(0..<file.size) } catch {
            // A directory opens, too.
            guard error.code == EISDIR else { throw error }
            return nil
        }
    }
}
