import Glibc

/// What a new process says when it is ready, on a line of its own: over HTTP nobody could tell it from the one it replaces.
struct ReadyLine: Sendable {
    /// Of the child.
    static let number: Int32 = 4

    private let reading: Int32
    /// For the child.
    let writing: Int32

    init() throws(CommandFailure) {
        let pair = try DescriptorPair()
        self.reading = try pair.reading.outOfTheWay()
        self.writing = try pair.writing.outOfTheWay()
        _ = fcntl(self.reading, F_SETFL, O_NONBLOCK)
    }

    func close() { Glibc.close(self.reading) }

    /// Whether it said so: false when it ended first, or the time is up.
    func isReady(within limit: Duration) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            var byte: UInt8 = 0
            let count = read(self.reading, &byte, 1)
            if count > 0 { return true }
            if count == 0 { return false }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return false
    }
}
