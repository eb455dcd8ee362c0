import Foundation
import Glibc
import Synchronization

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
    private let said = LastWords()

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
        self.said.ended.open()
    }

    /// What this process said last, and no other that writes to the same file. It has ended: what it said is waited for, but not whoever it left behind.
    func lastLine() async -> String? {
        let limit = Task { [said] in
            try? await Task.sleep(for: Self.patience)
            said.ended.open()
        }
        await self.said.ended.pass()
        limit.cancel()
        return self.said.line.withLock { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) }
    }

    private static let patience = Duration.seconds(1)

    private func take(_ line: inout [UInt8]) {
        self.log.append(line)
        self.said.line.withLock { [line] in $0 = line }
        self.console?.show(line, of: self.name)
        line.removeAll(keepingCapacity: true)
    }
}

private final class LastWords: Sendable {
    let line = Mutex<[UInt8]>([])
    let ended = Gate()
}
