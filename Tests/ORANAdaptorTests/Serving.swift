import Hummingbird
import ServiceRuntime

/// Routes of the service on a live socket.
enum Serving {
    static func run(_ parts: ServiceParts, _ body: (_ base: String) async throws -> Void) async throws {
        let (ports, serving) = AsyncStream<Int>.makeStream()
        let application = ServiceApplication.build(parts, in: try ServiceContext.forTesting(values: ["AUTH_MODE": "off"])) { port in serving.yield(port) }
        try await withThrowingTaskGroup { group in
            group.addTask {
                defer { serving.finish() }
                try await application.runService(gracefulShutdownSignals: [])
            }
            for await port in ports {
                try await body("http://127.0.0.1:\(port)")
                break
            }
            group.cancelAll()
        }
    }
}
