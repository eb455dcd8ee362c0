import Glibc

/// A file's bytes, read when they are touched, as they were when it was opened: nothing here truncates a file that may be mapped.
///
/// `@unchecked Sendable`: the pointer is constant and only read.
package final class MappedFile: @unchecked Sendable {
    package let bytes: UnsafeRawPointer
    package let count: Int

    /// Nil with `errno` set when the file cannot be opened or mapped; an empty file cannot.
    package init?(path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        guard status.st_size > 0 else {
            errno = EINVAL
            return nil
        }
        guard let address = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else { return nil }
        self.bytes = UnsafeRawPointer(address)
        self.count = Int(status.st_size)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: self.bytes), self.count) }
}
