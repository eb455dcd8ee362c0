import Foundation
import Glibc
import HTTPFetch

/// Where an export goes: a file that gets its name in the end, or standard output.
struct ExportFile {
    private let path: String?
    private let descriptor: Int32

    init(_ path: String?) throws(CommandFailure) {
        self.path = path
        guard let path else {
            self.descriptor = STDOUT_FILENO
            return
        }
        self.descriptor = open(Self.partial(path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard self.descriptor >= 0 else { throw CommandFailure(.usage, "cannot write \(path): \(String(cString: strerror(errno)))") }
    }

    /// All of a stream, into the file of this name or to standard output.
    static func save(_ stream: FetchStream, as path: String?) async throws {
        let file = try ExportFile(path)
        do {
            for try await part in stream { try file.write(part) }
        } catch let error as CommandFailure {
            file.discard()
            throw error
        } catch {
            file.discard()
            throw CommandFailure(.unreachable, "the export broke off: \(error)")
        }
        try file.finish()
    }

    private static func partial(_ path: String) -> String { path + ".part" }

    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(self.descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw CommandFailure(.usage, "cannot write \(self.path ?? "the output"): \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(count)
        }
    }

    func finish() throws(CommandFailure) {
        guard let path else { return }
        guard fsync(self.descriptor) == 0, close(self.descriptor) == 0, rename(Self.partial(path), path) == 0 else {
            throw CommandFailure(.usage, "cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }

    func discard() {
        guard let path else { return }
        close(self.descriptor)
        unlink(Self.partial(path))
    }
}
