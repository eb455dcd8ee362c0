import ServiceLifecycle

/// Looks after the managed elements, now and then, whatever they tell.
final class ElementWatch: Service {
    private let inspection: ElementInspection
    private let interval: Duration

    init(_ inspection: ElementInspection, interval: Duration) {
        self.inspection = inspection
        self.interval = interval
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.inspection.lookAtAll()
                // Instances that start together shall not ask together.
                try? await Task.sleep(for: self.interval * Double.random(in: 0.8...1))
            }
        }
    }
}
