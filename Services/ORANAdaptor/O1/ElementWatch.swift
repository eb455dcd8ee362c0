import ServiceLifecycle

/// Looks after the managed elements: whether they answer, and what they say they are.
final class ElementWatch: Service {
    private let configuration: ElementConfiguration
    private let interval: Duration

    init(_ configuration: ElementConfiguration, interval: Duration) {
        self.configuration = configuration
        self.interval = interval
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.configuration.look()
                // Instances that start together shall not ask together.
                try? await Task.sleep(for: self.interval * Double.random(in: 0.8...1))
            }
        }
    }
}
