import Glibc

/// A file's bytes, read when they are touched, as they were when it was opened: git replaces its files and never changes one in place.
///
/// `@unchecked Sendable`: the pointer is constant and only read.
final class MappedFile: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer

    /// Nil when there is no such file, or nothing in it.
    init?(opening path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError("open", path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("stat", path) }
        guard status.st_size > 0 else { return nil }
        guard let address = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw FileError("map", path)
        }
        self.bytes = UnsafeRawBufferPointer(start: address, count: Int(status.st_size))
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: self.bytes.baseAddress), self.bytes.count) }
}
