import Foundation
#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif
import Glibc
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing

@testable import ServiceRuntime

/// A service that accepts from a socket others hold, too, may leave at any time without anybody noticing.
@Suite struct SharedSocketTests {
    @Test("requests on new and kept connections are all answered while one service after the other takes over and leaves")
    func replacement() async throws {
        let socket = try Self.listen()
        defer { close(socket.descriptor) }
        let isOver = Flag()
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask {
                    // Half of the clients keep their connection for as long as they are let.
                    let session = URLSession(configuration: .ephemeral)
                    while !isOver.isRaised {
                        do {
                            var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(socket.port)/healthz")))
                            if number.isMultiple(of: 2) { request.setValue("close", forHTTPHeaderField: "connection") }
                            let (_, response) = try await session.data(for: request)
                            if (response as? HTTPURLResponse)?.statusCode != 200 { tally.failed("\(response)") }
                            tally.answered()
                        } catch {
                            tally.failed("\(error)")
                        }
                    }
                }
            }
            group.addTask {
                defer { isOver.raise() }
                var current = try Running(on: socket.descriptor)
                await current.untilServing()
                for _ in 0..<5 {
                    let next = try Running(on: socket.descriptor)
                    await next.untilServing()
                    let before = tally.count
                    try await current.leave()
                    current = next
                    while tally.count < before + 20, tally.failures.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
                }
                isOver.raise()
                try await Task.sleep(for: .milliseconds(50))
                try await current.leave()
            }
            try await group.waitForAll()
        }
        #expect(tally.failures == [])
        #expect(tally.count >= 100)
    }

    @Test("a line says when the service is ready, not before")
    func readyLine() async throws {
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let line = try #require(ReadyLine(Int(ends[1])))
        let isReady = Flag()
        let writing = Task { await line.write { isReady.isRaised } }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        var bytes = [UInt8](repeating: 0, count: 16)
        try await Task.sleep(for: .milliseconds(60))
        #expect(read(ends[0], &bytes, 16) == -1 && errno == EAGAIN)
        isReady.raise()
        await writing.value
        #expect(read(ends[0], &bytes, 16) == 6)
        #expect(read(ends[0], &bytes, 16) == 0, "closed")
        #expect(ReadyLine(0) == nil)
    }

    @Test("the date is as HTTP writes it", arguments: [(784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT")])
    func date(_ second: Int, _ text: String) {
        #expect(HTTPDate.text(of: second) == text)
    }

    // MARK: Parts

    private final class Flag: Sendable {
        private let value = Atomic<Bool>(false)
        var isRaised: Bool { self.value.load(ordering: .relaxed) }
        func raise() { self.value.store(true, ordering: .relaxed) }
    }

    private final class Tally: Sendable {
        private let value = Mutex<(count: Int, failures: [String])>((0, []))
        var count: Int { self.value.withLock { $0.count } }
        var failures: [String] { self.value.withLock { $0.failures } }
        func answered() { self.value.withLock { $0.count += 1 } }
        func failed(_ why: String) { self.value.withLock { $0.failures.append(why) } }
    }

    /// A service in this process, as `runService` runs one.
    private struct Running {
        let context: ServiceContext
        let group: ServiceGroup
        let task: Task<Void, any Error>

        init(on descriptor: Int32) throws {
            let context = try ServiceContext.forTesting(values: ["AUTH_MODE": "off", "LISTEN_FD": "\(dup(descriptor))", "DRAIN_LINGER": "300ms"])
            let server = ServiceApplication.build(TestService.parts(context), in: context)
            let group = ServiceGroup(configuration: .init(services: [server], logger: context.logger))
            self.context = context
            self.group = group
            self.task = Task { try await group.run() }
        }

        func untilServing() async {
            while self.context.drain.state == .starting { try? await Task.sleep(for: .milliseconds(2)) }
        }

        func leave() async throws {
            self.context.drain.begin()
            self.context.drain.close()
            await self.group.triggerGracefulShutdown()
            try await self.task.value
        }
    }

    private static func listen() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) | Glibc.listen(descriptor, 64) | getsockname(descriptor, $0, &size)
            }
        }
        #expect(status == 0)
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}
