import Hummingbird
import Logging
import ServiceLifecycle

@testable import ServiceRuntime

/// Routes of the service on a live socket.
enum Serving {
    /// - Parameter settings: of the listener; with those of TLS it speaks that.
    static func run(_ parts: ServiceParts, _ settings: [String: String] = [:], _ body: (_ base: String) async throws -> Void) async throws {
        let (ports, serving) = AsyncStream<Int>.makeStream()
        let context = try ServiceContext.forTesting(values: ["AUTH_MODE": "off"].merging(settings) { $1 })
        let certificate = try ListenerCertificate.Files(context.settings).map { try ListenerCertificate.load($0) }
        let application = ServiceApplication.build(parts, in: context, on: nil, certificate: certificate) { port in serving.yield(port) }
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
                    try await body("\(certificate == nil ? "http" : "https")://127.0.0.1:\(port)")
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
