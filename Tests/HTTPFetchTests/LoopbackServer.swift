import Foundation
import Glibc
import Synchronization

/// A small real HTTP/1.1 server on a free loopback port, one thread per connection, that misbehaves by path:
///
/// - `/echo` answers method, headers and body of the request
/// - `/status/<n>` answers that status, with a `Location`
/// - `/hang` never answers
/// - `/bytes/<n>` sends n bytes, announced; `/flood/<n>` sends them chunked
/// - `/gated` sends a chunk per ``release(_:)``, and ends with an empty one
/// - `/cut` closes in the middle of an announced body; `/drop` before any answer
/// - `/early` sends `103 Early Hints` first; `/head/<n>` sends n bytes of headers
/// - `/hold` answers when ``release(_:)`` says so
/// - `/close` answers and closes the connection
final class LoopbackServer: Sendable {
    enum Event: Sendable, Equatable {
        case requested(String)
        /// The peer closed while an answer was owed.
        case abandoned(String)
        /// The peer has not read for a while, after this many bytes of body.
        case stalled(Int)
    }

    private struct State {
        var connections = 0
        var open = 0
        var mostOpen = 0
        var requests = 0
        var released: [String] = []
        var sockets: Set<Int32> = []
        var isStopped = false
    }

    private let listener: Int32
    let port: Int
    private let state = Mutex(State())
    let events: AsyncStream<Event>
    private let report: AsyncStream<Event>.Continuation

    init() throws {
        self.listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = self.listener
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 512) == 0 && getsockname(listener, address, &length) == 0
            }
        }
        guard bound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        self.port = Int(UInt16(bigEndian: address.sin_port))
        (self.events, self.report) = AsyncStream.makeStream()
        Thread.detachNewThread { self.accept() }
    }

    var url: String { "http://127.0.0.1:\(self.port)" }
    /// Connections accepted so far.
    var connections: Int { self.state.withLock { $0.connections } }
    /// The most that were open at once.
    var mostOpen: Int { self.state.withLock { $0.mostOpen } }
    var requests: Int { self.state.withLock { $0.requests } }

    /// Lets the one `/gated` or `/hold` under way send this.
    func release(_ chunk: String) { self.state.withLock { $0.released.append(chunk) } }

    /// Waits for an event that `matches`, forgetting those before it.
    @discardableResult
    func event(_ matches: (Event) -> Bool) async -> Event? { await self.events.first(where: matches) }

    func stop() {
        self.state.withLock { state in
            state.isStopped = true
            for descriptor in state.sockets { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
        shutdown(self.listener, Int32(SHUT_RDWR))
    }

    private func accept() {
        while true {
            let descriptor = Glibc.accept(self.listener, nil, nil)
            guard descriptor >= 0 else { break }
            // A process that another test starts meanwhile must not keep the connection open.
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            // Head and body are sent apart; Nagle's algorithm would hold the second until the first is acknowledged.
            var on: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
            let isStopped = self.state.withLock { state in
                state.connections += 1
                state.open += 1
                state.mostOpen = max(state.mostOpen, state.open)
                state.sockets.insert(descriptor)
                return state.isStopped
            }
            if isStopped { shutdown(descriptor, Int32(SHUT_RDWR)) }
            Thread.detachNewThread {
                self.serve(Connection(descriptor))
                self.state.withLock { state in
                    state.open -= 1
                    state.sockets.remove(descriptor)
                    close(descriptor)
                }
            }
        }
        close(self.listener)
        self.report.finish()
    }

    private func serve(_ connection: Connection) {
        while let request = connection.read() {
            self.state.withLock { $0.requests += 1 }
            self.report.yield(.requested(request.path))
            guard self.answer(request, connection) else { return }
        }
    }

    /// False when the connection is to be closed.
    private func answer(_ request: Connection.Request, _ connection: Connection) -> Bool {
        let parts = request.path.split(separator: "/").map(String.init)
        let count = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        switch parts.first {
        case "echo":
            return connection.send(head: "200 OK", body: Array("\(request.method)\n\(request.headers.joined(separator: "\n"))\n\n".utf8) + request.body)
        case "status": return connection.send(head: "\(count) Said So\r\nLocation: \(self.url)/echo", body: Array("status".utf8))
        case "bytes": return connection.send(head: "200 OK", body: [UInt8](repeating: 0x61, count: request.method == "HEAD" ? 0 : count), announcing: count)
        case "cut":
            _ = connection.send(head: "200 OK", body: Array("half".utf8), announcing: 8)
            return false
        case "drop": return false
        case "early":
            return connection.send("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n") && connection.send(head: "200 OK\r\nX-Final:  yes \r\nX-EMPTY:", body: [])
        case "head":
            return connection.send(
                head: "200 OK\r\n" + (0..<(count / 1000)).map { "X-\($0): " + String(repeating: "h", count: 990) }.joined(separator: "\r\n"), body: [])
        case "hang":
            connection.waitForClose()
            self.report.yield(.abandoned(request.path))
            return false
        case "hold":
            guard let text = self.nextReleased(connection) else { return self.abandoned(request) }
            return connection.send(head: "200 OK", body: Array(text.utf8))
        case "close":
            _ = connection.send(head: "200 OK\r\nConnection: close", body: Array("bye".utf8))
            return false
        case "gated":
            guard connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n\r\n") else {
                return self.abandoned(request)
            }
            while let chunk = self.nextReleased(connection) {
                guard connection.send(chunk: Array(chunk.utf8)) else { return self.abandoned(request) }
                if chunk.isEmpty { return true }
            }
            return self.abandoned(request)
        case "flood":
            guard connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") else { return false }
            var sent = 0
            while sent < count {
                let chunk = [UInt8](repeating: UInt8(truncatingIfNeeded: sent >> 16), count: min(1 << 16, count - sent))
                while !connection.isWritable(within: 200) {
                    if connection.isClosed { return self.abandoned(request) }
                    self.report.yield(.stalled(sent))
                }
                guard connection.send(chunk: chunk) else { return self.abandoned(request) }
                sent += chunk.count
            }
            return connection.send(chunk: [])
        default: return connection.send(head: "404 Not Found", body: [])
        }
    }

    private func abandoned(_ request: Connection.Request) -> Bool {
        self.report.yield(.abandoned(request.path))
        return false
    }

    /// Nil when the peer closes first.
    private func nextReleased(_ connection: Connection) -> String? {
        while !connection.isClosed {
            if let text = self.state.withLock({ $0.released.isEmpty ? nil : $0.released.removeFirst() }) { return text }
            usleep(500)
        }
        return nil
    }
}

/// One accepted connection; its calls block.
private final class Connection: Sendable {
    struct Request {
        var method = ""
        var path = ""
        var headers: [String] = []
        var body: [UInt8] = []
    }

    private let descriptor: Int32
    private let pending = Mutex<[UInt8]>([])

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    func read() -> Request? {
        guard let head = self.readHead() else { return nil }
        let lines = head.components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count == 3 else { return nil }
        var request = Request(method: String(words[0]), path: String(words[1]), headers: lines.dropFirst().filter { !$0.isEmpty })
        let length =
            request.headers.first { $0.lowercased().hasPrefix("content-length:") }.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
        while self.pending.withLock({ $0.count }) < length { guard self.fill() else { return nil } }
        request.body = self.pending.withLock { pending in
            defer { pending.removeFirst(length) }
            return Array(pending.prefix(length))
        }
        return request
    }

    private func readHead() -> String? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            let head: String? = self.pending.withLock { pending in
                guard let range = pending.firstRange(of: end) else { return nil }
                defer { pending.removeFirst(range.upperBound) }
                return String(decoding: pending[..<range.lowerBound], as: UTF8.self)
            }
            if let head { return head }
            guard self.fill() else { return nil }
        }
    }

    private func fill() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(self.descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        self.pending.withLock { $0.append(contentsOf: buffer[..<count]) }
        return true
    }

    func send(head: String, body: [UInt8], announcing length: Int? = nil) -> Bool {
        self.send("HTTP/1.1 \(head)\r\nContent-Length: \(length ?? body.count)\r\n\r\n") && self.send(body)
    }
    func send(chunk: [UInt8]) -> Bool { self.send("\(String(chunk.count, radix: 16))\r\n") && self.send(chunk) && self.send("\r\n") }
    func send(_ text: String) -> Bool { self.send(Array(text.utf8)) }
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    func waitForClose() { while self.fill() {} }

    func isWritable(within milliseconds: Int32) -> Bool {
        var poll = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
        return Glibc.poll(&poll, 1, milliseconds) == 1
    }

    var isClosed: Bool {
        var byte: UInt8 = 0
        return recv(self.descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
    }
}
