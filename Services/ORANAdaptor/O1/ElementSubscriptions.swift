import Logging
import ServiceLifecycle
import Synchronization

/// Has the elements that can (RFC 5277) tell when their configuration changes, each in a session of its own, and looks at one as soon as it does, and
/// whenever it is heard again. What is told is not relied on: elements are looked at now and then all the same.
final class ElementSubscriptions: Service {
    private let inspection: ElementInspection
    /// Between two attempts at an element, and until one that cannot is asked again.
    private let interval: Duration
    /// From a change to the look.
    private let pause: Duration

    private final class Wish: Sendable {
        private let isOpen = Mutex(true)
        var stands: Bool { self.isOpen.withLock { $0 } }
        func end() { self.isOpen.withLock { $0 = false } }
    }

    init(_ inspection: ElementInspection, interval: Duration, pause: Duration = .seconds(1)) {
        self.inspection = inspection
        self.interval = interval
        self.pause = pause
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                for client in self.inspection.configuration.elements { group.addTask { await self.follow(client) } }
            }
        }
    }

    private func follow(_ client: ElementClient) async {
        var wait = self.pause
        while !Task.isCancelled {
            if Self.isWilling(client) {
                let began = ContinuousClock.now
                await self.session(with: client)
                // One that ends at once is not asked as soon as one that lasted.
                wait = began.duration(to: .now) > self.interval ? self.pause : min(wait * 2, self.interval)
                try? await Task.sleep(for: wait * Double.random(in: 0.8...1))
            } else {
                // The next look may find that it is.
                try? await Task.sleep(for: min(self.pause, self.interval))
            }
        }
    }

    /// Whether the last look found that it answers, and tells.
    private static func isWilling(_ client: ElementClient) -> Bool {
        let report = client.report
        return report.state == .connected && report.capabilities.contains(NETCONFSession.Capability.notification.rawValue)
    }

    /// Until it ends; looks at the element when it began, and at each change.
    private func session(with client: ElementClient) async {
        let (changes, told) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let wish = Wish()
        await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { told.finish() }
                    do throws(O1Error) {
                        try await client.follow(while: { wish.stands }, changed: { told.yield() })
                    } catch {
                        self.inspection.logger.debug("a subscription ended", metadata: ["element": "\(client.element.name)", "error": "\(error)"])
                    }
                }
                for await _ in changes {
                    // Changes come in bursts, and what made them, one of our own intents perhaps, is done a moment later.
                    try? await Task.sleep(for: self.pause)
                    await self.inspection.look(at: client)
                }
            }
        } onCancel: {
            wish.end()
        }
    }
}
