import Glibc

/// A file that is written once, from its beginning, and named when it is on disk.
final class OutputFile {
    let path: String
    private let descriptor: Int32

    /// - Throws: ``FileError`` with `EEXIST` when there is one.
    init(creating path: String, mode: mode_t = 0o444) throws(FileError) {
        self.path = path
        self.descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard self.descriptor >= 0 else { throw FileError("create", path) }
    }

    deinit { close(self.descriptor) }

    func write(_ bytes: [UInt8]) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(self.descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileError("write", self.path) }
            done += count
        }
    }

    /// On disk when this returns.
    func sync() throws(FileError) {
        guard fsync(self.descriptor) == 0 else { throw FileError("fsync", self.path) }
    }
}

/// Names of files.
enum FileName {
    static func rename(_ from: String, to: String) throws(FileError) {
        guard Glibc.rename(from, to) == 0 else { throw FileError("rename", to) }
    }

    /// The names in a directory are on disk when this returns.
    static func syncDirectory(_ path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError("fsync", path) }
    }

    static func makeDirectories(_ path: Substring) throws(FileError) {
        if mkdir(String(path), 0o777) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else { throw FileError("mkdir", String(path)) }
        try self.makeDirectories(path[..<slash])
        guard mkdir(String(path), 0o777) == 0 || errno == EEXIST else { throw FileError("mkdir", String(path)) }
    }

    static func names(in directory: String) throws(FileError) -> [String] {
        guard let stream = opendir(directory) else { throw FileError("open", directory) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(withUnsafePointer(to: &entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } })
        }
        return names
    }
}
