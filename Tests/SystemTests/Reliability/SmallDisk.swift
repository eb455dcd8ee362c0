import Foundation
import Glibc
import TestSupport

/// A file system of a few megabytes, to be filled.
final class SmallDisk: Sendable {
    struct Unavailable: Error, CustomStringConvertible { let description: String }

    private let parent: TemporaryDirectory
    var path: String { self.parent.file("disk") }

    init(megabytes: Int) throws {
        self.parent = try TemporaryDirectory()
        mkdir(self.path, 0o700)
        guard mount("tmpfs", self.path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
            throw Unavailable(description: "a file system cannot be mounted here: \(String(cString: strerror(errno)))")
        }
    }

    /// Leaves no byte.
    func fill() throws {
        let descriptor = open(self.path + "/ballast", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Unavailable(description: "ballast: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 1, count: 64 << 10)
        for size in [block.count, 4_096, 1] { while write(descriptor, block, size) > 0 {} }
    }

    func empty() throws { try FileManager.default.removeItem(atPath: self.path + "/ballast") }

    func release() { umount2(self.path, Int32(MNT_DETACH)) }

    deinit { self.release() }
}
