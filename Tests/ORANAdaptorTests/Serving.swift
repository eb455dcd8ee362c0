import Hummingbird
import Logging
import ServiceLifecycle
import ServiceRuntime

/// Routes of the service on a live socket.
enum Serving {
    static func run(_ parts: ServiceParts, _ body: (_ base: String) async throws -> Void) async throws {
        let (ports, serving) = AsyncStream<Int>.makeStream()
        let application = ServiceApplication.build(parts, in: try ServiceContext.forTesting(values: ["AUTH_MODE": "off"])) { port in serving.yield(port) }
        var configuration = ServiceGroupConfiguration(services: [.init(service: application)], logger: Logger(label: "test"))
        configuration.maximumGracefulShutdownDuration = .seconds(1)
        let group = ServiceGroup(configuration: configuration)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask {
                defer { serving.finish() }
                try await group.run()
            }
            // Ended and not cancelled: a connection that is nobody's yet would end the process.
            do {
                for await port in ports {
                    try await body("http://127.0.0.1:\(port)")
                    break
                }
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
        }
    }
}
