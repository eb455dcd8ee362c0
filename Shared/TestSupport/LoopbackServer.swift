package import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization

/// A real HTTP server on a loopback port, for fakes of peers. It may be stopped and started again on the same port.
package final class LoopbackServer: Sendable {
    package let port: Int
    package var url: String { "http://127.0.0.1:\(self.port)" }

    private struct Running: Sendable {
        let group: ServiceGroup
        let task: Task<Void, Never>
    }

    private let responder: RouterResponder<BasicRequestContext>
    private let running: Mutex<Running?>

    /// Returns once it listens.
    package static func start(_ router: Router<BasicRequestContext>) async throws -> LoopbackServer {
        let responder = router.buildResponder()
        // None that the kernel gives to outgoing connections: one that tries a stopped server might take its port, or meet itself there.
        let (running, port) = try await self.listen(responder, port: try FreePort.next())
        return LoopbackServer(responder: responder, port: port, running: running)
    }

    private init(responder: RouterResponder<BasicRequestContext>, port: Int, running: Running) {
        self.responder = responder
        self.port = port
        self.running = Mutex(running)
    }

    deinit {
        guard let running = self.running.withLock({ $0 }) else { return }
        Task { await running.group.triggerGracefulShutdown() }
    }

    /// Closes the port and every connection; what it remembers stays.
    package func stop() async {
        let running = self.running.withLock { running in
            defer { running = nil }
            return running
        }
        await running?.group.triggerGracefulShutdown()
        await running?.task.value
    }

    /// Listens again on the same port.
    package func restart() async throws {
        await self.stop()
        let (running, _) = try await Self.listen(self.responder, port: self.port)
        self.running.withLock { $0 = running }
    }

    package struct DidNotStart: Error { package let reason: String }

    private static func listen(_ responder: RouterResponder<BasicRequestContext>, port: Int) async throws -> (Running, Int) {
        let (ports, listening) = AsyncThrowingStream<Int, any Error>.makeStream()
        var logger = Logger(label: "loopback-server")
        logger.logLevel = .critical
        let application = Application(
            responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in listening.yield(channel.localAddress?.port ?? 0) }, logger: logger
        )
        var configuration = ServiceGroupConfiguration(services: [.init(service: application)], logger: logger)
        // Not cancelled at once: a connection that was accepted and is nobody's yet would end the process (swift-nio issue 2637).
        configuration.maximumGracefulShutdownDuration = .milliseconds(50)
        let group = ServiceGroup(configuration: configuration)
        let task = Task {
            do {
                try await group.run()
                listening.finish()
            } catch {
                listening.finish(throwing: error)
            }
        }
        for try await port in ports { return (Running(group: group, task: task), port) }
        throw DidNotStart(reason: "the server ended before it listened")
    }
}
