import HTTPFetch
import Resilience

@testable import ORANAdaptor

/// Sessions as the service wires them, with guards of the test's own, that ask again soon.
enum Sessions {
    static func configuration(_ change: (inout Upstream.Configuration) -> Void = { _ in }) -> Upstream.Configuration {
        var configuration = Upstream.Configuration()
        configuration.timeout = .seconds(5)
        configuration.attempts = 1
        change(&configuration)
        return configuration
    }

    static func direct(
        _ ric: RIC, fetcher: HTTPFetcher, _ configuration: Upstream.Configuration = Sessions.configuration(), templates: [PolicyTemplate] = [],
        notifications: NotificationAddress? = nil
    ) -> RICSession {
        A1Wiring.session(
            ric, Upstream("a1/\(ric.name)", configuration), fetcher, templates: templates, notifications: notifications, reportAge: .milliseconds(50))
    }

    static func fleet(
        _ own: [RICSession] = [], behind url: String, fetcher: HTTPFetcher, settling: Duration = .zero, memory: RICMemory? = nil
    ) -> RICFleet {
        let guards = self.configuration { $0.breaker.openFor = .milliseconds(50) }
        return A1Wiring.fleet(
            own, behind: url, Upstream("a1pms", guards), fetcher, listAge: .zero, settling: settling, memory: memory, reportAge: .milliseconds(50))
    }

    static var quick: PolicyExecutor.Settings {
        var settings = PolicyExecutor.Settings()
        settings.statusDeadline = .milliseconds(300)
        settings.firstWait = .milliseconds(2)
        settings.longestWait = .milliseconds(20)
        return settings
    }
}
