import Foundation
import Glibc
import Logging
import ServiceLifecycle
import Synchronization

@testable import ServiceRuntime

/// A service in this process that listens on a real port, as `runService` runs one, for the time of one test.
struct LiveService {
    let context: ServiceContext
    let port: Int
    let certificate: ListenerCertificate?

    static func with(_ values: [String: String] = [:], _ body: @Sendable (LiveService) async throws -> Void) async throws {
        let context = try ServiceContext.forTesting(values: ["AUTH_MODE": "off", "DRAIN_LINGER": "50ms"].merging(values) { $1 })
        let certificate = try ListenerCertificate.Files(context.settings).map { try ListenerCertificate.load($0) }
        if let certificate { context.metrics.beforeExposing { certificate.export(to: $0) } }
        let (ports, found) = AsyncStream<Int>.makeStream()
        let server = ServiceApplication.build(TestService.parts(context), in: context, on: nil, certificate: certificate) { found.yield($0) }
        var services: [any Service] = [server]
        if let certificate { services.append(FileWatch(certificate, logger: context.logger, interval: .milliseconds(50))) }
        let group = ServiceGroup(configuration: .init(services: services, logger: LoggerOf.lifecycle(context.logger)))
        let running = Task { try await group.run() }
        var port = 0
        for await value in ports {
            port = value
            break
        }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(LiveService(context: context, port: port, certificate: certificate))) } catch { outcome = .failure(error) }
        context.drain.begin()
        context.drain.close()
        await group.triggerGracefulShutdown()
        try await running.value
        try outcome.get()
    }
}

/// A client that sends whatever it likes. Blocking: use it by `offPool`.
final class RawSocket {
    private let descriptor: Int32

    /// - Parameter wait: seconds that ``read()`` waits for more.
    init(port: Int, wait: Double = 5) throws {
        self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var limit = timeval(tv_sec: Int(wait), tv_usec: Int((wait - wait.rounded(.down)) * 1e6))
        setsockopt(self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(self.descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(self.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard status == 0 else { throw Refused() }
    }

    struct Refused: Error {}

    deinit { close(self.descriptor) }

    /// False when the other end has closed.
    @discardableResult
    func send(_ text: String) -> Bool { self.send(Array(text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// What comes next; empty at the end, nil when nothing came in time.
    func read() -> String? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(self.descriptor, &bytes, bytes.count, 0)
        if count < 0 { return errno == EAGAIN || errno == EWOULDBLOCK ? nil : "" }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// All until the other end closes, and whether it has.
    func readToEnd() -> (text: String, isClosed: Bool) {
        var text = ""
        while let part = self.read() {
            if part.isEmpty { return (text, true) }
            text += part
        }
        return (text, false)
    }
}
