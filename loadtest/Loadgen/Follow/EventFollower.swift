import Foundation
import Glibc
import IntentModel
import Synchronization

/// Listens to `GET /v1/events` on a thread of its own and tells a ``TerminalWatch`` of every end. A feed that breaks is taken up again where it was.
final class EventFollower: Sendable {
    private let target: Target
    private let address: SocketAddress
    private let token: String?
    private let watch: TerminalWatch
    private let isStopping = Atomic<Bool>(false)
    private let isListening = Atomic<Bool>(false)
    private let fault = Mutex<String?>(nil)

    init(_ target: Target, token: String?, watch: TerminalWatch) throws {
        self.target = target
        self.address = try target.resolve()
        self.token = token
        self.watch = watch
    }

    /// Returns once the feed has been opened: nothing that is sent from now on ends unseen.
    func start() async throws {
        Thread.detachNewThread { self.listen() }
        let deadline = ContinuousClock.now + .seconds(10)
        while !self.isListening.load(ordering: .acquiring) {
            if let fault = self.fault.withLock({ $0 }) { throw LoadError.environment("the feed of events: \(fault)") }
            guard ContinuousClock.now < deadline else { throw LoadError.environment("the feed of events does not answer within 10 s") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Waits until everything accepted has ended, at most so many seconds.
    func finish(within seconds: Double) async {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while self.watch.pendingCount > 0, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(10)) }
        self.isStopping.store(true, ordering: .relaxed)
    }

    private func listen() {
        var lines = EventLines()
        while !self.isStopping.load(ordering: .relaxed) {
            self.connect(&lines)
            if !self.isStopping.load(ordering: .relaxed) { usleep(50_000) }
        }
    }

    private func connect(_ lines: inout EventLines) {
        guard let descriptor = self.address.connect(blocking: true) else { return self.note(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        // So that the wish to stop is noticed while nothing happens.
        var limit = timeval(tv_sec: 0, tv_usec: 200_000)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var request = "GET /v1/events HTTP/1.1\r\nHost: \(self.target.authority)\r\nAccept: text/event-stream\r\n"
        if let token = self.token { request += "Authorization: Bearer \(token)\r\n" }
        if !lines.lastID.isEmpty { request += "Last-Event-ID: \(String(decoding: lines.lastID, as: UTF8.self))\r\n" }
        let bytes = Array((request + "\r\n").utf8)
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return self.note("the request could not be sent") }
        var parser = ResponseParser()
        parser.keeps = 1 << 20
        parser.begin(isHead: false)
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while !self.isStopping.load(ordering: .relaxed) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            guard count > 0 else { return }
            let result = buffer.withUnsafeBytes { all -> Result<Int, ResponseParser.Fault> in
                do throws(ResponseParser.Fault) { return .success(try parser.take(UnsafeRawBufferPointer(rebasing: all[0..<count]))) } catch {
                    return .failure(error)
                }
            }
            if case .failure(let error) = result { return self.note(error.rawValue) }
            guard parser.status == 200 || parser.status == 0 else { return self.note("answered \(parser.status)") }
            let now = MonotonicClock.now()
            for event in lines.take(parser.takeBody()) where event.phase.isTerminal { self.watch.ended(event.key, event.phase, at: now) }
            if parser.status == 200 { self.isListening.store(true, ordering: .releasing) }
            if parser.isComplete { return }
        }
    }

    private func note(_ text: String) { self.fault.withLock { $0 = text } }
}
