import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Writes lines to a file descriptor from a thread of its own, so that a reader that stalls does not stall the service.
///
/// At most `limit` bytes wait; lines beyond are dropped and counted, and the count is told once there is room.
package final class LogSink: Sendable {
    package static let standardOutput = LogSink(descriptor: STDOUT_FILENO)

    private struct State {
        var waiting: [UInt8] = []
        var isDraining = false
        var dropped = 0
    }

    private let descriptor: Int32
    private let limit: Int
    private let queue = DispatchQueue(label: "nephoran.log")
    private let state = Mutex(State())

    package init(descriptor: Int32, limit: Int = 4 << 20) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// `line` ends with a newline.
    package func write(_ line: [UInt8]) {
        let start = self.state.withLock { state -> Bool in
            guard state.waiting.count + line.count <= self.limit else {
                state.dropped += 1
                return false
            }
            if state.dropped > 0 {
                state.waiting.append(contentsOf: #"{"level":"warning","message":"log lines dropped","lines":\#(state.dropped)}"#.utf8)
                state.waiting.append(UInt8(ascii: "\n"))
                state.dropped = 0
            }
            state.waiting.append(contentsOf: line)
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if start { self.queue.async { self.drain() } }
    }

    /// Returns when everything written so far has left the process. For the last line before `exit`.
    package func flush() { self.queue.sync { self.drain() } }

    private func drain() {
        while true {
            let bytes = self.state.withLock { state -> [UInt8] in
                defer { state.waiting = [] }
                if state.waiting.isEmpty { state.isDraining = false }
                return state.waiting
            }
            if bytes.isEmpty { return }
            bytes.withUnsafeBytes { buffer in
                var offset = 0
                while offset < buffer.count {
                    let count = Self.systemWrite(self.descriptor, UnsafeRawBufferPointer(rebasing: buffer[offset...]))
                    if count < 0 {
                        if errno == EINTR { continue }
                        return  // nobody reads any more; there is nowhere to say so
                    }
                    offset += count
                }
            }
        }
    }

    private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
