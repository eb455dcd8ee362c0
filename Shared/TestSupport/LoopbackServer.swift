package import Hummingbird
import Logging
import Synchronization

/// A real HTTP server on a loopback port, for fakes of peers. It may be stopped and started again on the same port.
package final class LoopbackServer: Sendable {
    package let port: Int
    package var url: String { "http://127.0.0.1:\(self.port)" }

    private let responder: RouterResponder<BasicRequestContext>
    private let running: Mutex<Task<Void, Never>?>

    /// Returns once it listens.
    package static func start(_ router: Router<BasicRequestContext>) async throws -> LoopbackServer {
        let responder = router.buildResponder()
        // None that the kernel gives to outgoing connections: one that tries a stopped server might take its port, or meet itself there.
        let (task, port) = try await self.listen(responder, port: try FreePort.next())
        return LoopbackServer(responder: responder, port: port, task: task)
    }

    private init(responder: RouterResponder<BasicRequestContext>, port: Int, task: Task<Void, Never>) {
        self.responder = responder
        self.port = port
        self.running = Mutex(task)
    }

    deinit { self.running.withLock { $0 }?.cancel() }

    /// Closes the port and every connection; what it remembers stays.
    package func stop() async {
        let task = self.running.withLock { task in
            defer { task = nil }
            return task
        }
        task?.cancel()
        await task?.value
    }

    /// Listens again on the same port.
    package func restart() async throws {
        await self.stop()
        let (task, _) = try await Self.listen(self.responder, port: self.port)
        self.running.withLock { $0 = task }
    }

    package struct DidNotStart: Error { package let reason: String }

    private static func listen(_ responder: RouterResponder<BasicRequestContext>, port: Int) async throws -> (Task<Void, Never>, Int) {
        let (ports, listening) = AsyncThrowingStream<Int, any Error>.makeStream()
        var logger = Logger(label: "loopback-server")
        logger.logLevel = .critical
        let application = Application(
            responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in listening.yield(channel.localAddress?.port ?? 0) }, logger: logger
        )
        let task = Task {
            do {
                try await application.runService(gracefulShutdownSignals: [])
                listening.finish()
            } catch {
                listening.finish(throwing: error)
            }
        }
        for try await port in ports { return (task, port) }
        throw DidNotStart(reason: "the server ended before it listened")
    }
}
