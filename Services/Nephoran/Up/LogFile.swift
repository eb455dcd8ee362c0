import Foundation
import Glibc
import Synchronization

/// `logs/<service>.log`. One that has grown to the limit becomes `.log.1`, in place of the one before.
final class LogFile: Sendable {
    private struct State {
        var descriptor: Int32 = -1
        var size = 0
        var last: [UInt8] = []
    }

    private let path: String
    private let limit: Int
    private let state = Mutex(State())

    init(path: String, limit: Int = 64 << 20) {
        self.path = path
        self.limit = limit
    }

    deinit { self.state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } } }

    /// - Parameter line: without its newline.
    func append(_ line: [UInt8]) {
        self.state.withLock { state in
            state.last = line
            if state.descriptor >= 0, state.size + line.count > self.limit {
                close(state.descriptor)
                state.descriptor = -1
                rename(self.path, self.path + ".1")
            }
            if state.descriptor < 0 {
                state.descriptor = open(self.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
                state.size = Int(max(0, lseek(state.descriptor, 0, SEEK_END)))
            }
            guard state.descriptor >= 0 else { return }
            let bytes = line + [UInt8(ascii: "\n")]
            // A disk that is full must not stop the services.
            state.size += max(0, write(state.descriptor, bytes, bytes.count))
        }
    }

    var lastLine: String? {
        self.state.withLock { $0.last.isEmpty ? nil : String(decoding: $0.last, as: UTF8.self) }
    }
}
