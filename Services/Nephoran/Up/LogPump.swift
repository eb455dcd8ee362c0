import Foundation
import Glibc

/// Takes the output of a process, line by line, to its file and to the console; on a thread of its own.
struct LogPump: Sendable {
    /// A longer line is broken.
    static let longestLine = 64 << 10

    /// What the process writes to. Closed by ``start()``.
    let input: Int32
    private let output: Int32
    private let log: LogFile
    private let console: Console?
    private let name: String

    init(log: LogFile, console: Console?, name: String) throws(CommandFailure) {
        let pair = try DescriptorPair()
        self.output = pair.reading
        self.input = pair.writing
        self.log = log
        self.console = console
        self.name = name
    }

    /// To be called once the process has its end.
    func start() {
        close(self.input)
        Thread.detachNewThread { self.run() }
    }

    private func run() {
        defer { close(self.output) }
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        var line: [UInt8] = []
        while true {
            let count = read(self.output, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            for byte in chunk[..<count] {
                if byte == UInt8(ascii: "\n") || line.count >= Self.longestLine {
                    self.take(&line)
                    if byte == UInt8(ascii: "\n") { continue }
                }
                line.append(byte)
            }
        }
        if !line.isEmpty { self.take(&line) }
    }

    private func take(_ line: inout [UInt8]) {
        self.log.append(line)
        self.console?.show(line, of: self.name)
        line.removeAll(keepingCapacity: true)
    }
}
