import HTTPFetch
import Resilience

@testable import ORANAdaptor

/// Sessions as the service wires them, with guards of the test's own.
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
        let (upstream, root) = (Upstream("a1/\(ric.name)", configuration), A1Root(ric.variant))
        return RICSession(upstream: upstream, notifications: notifications, reportAge: .milliseconds(50)) { timeout in
            let transport = A1Transport(ric: ric.name, root: ric.url, fetcher: fetcher, upstream: upstream, timeout: timeout)
            let client = A1Client(ric: ric, transport: transport, root: root)
            return templates.isEmpty ? client : TemplatedProducer(client, templates: templates)
        }
    }

    static func fleet(
        behind url: String, fetcher: HTTPFetcher, own: [RICSession] = [], _ configuration: Upstream.Configuration = Sessions.configuration()
    ) -> RICFleet {
        let upstream = Upstream("a1pms", configuration)
        let transport: @Sendable (String) -> A1Transport = { ric in
            A1Transport(ric: ric, root: url, fetcher: fetcher, upstream: upstream, timeout: configuration.timeout)
        }
        return RICFleet(own, behind: PMSDirectory(transport: transport("the service"), age: .milliseconds(50))) { name in
            RICSession(upstream: upstream, reportAge: .milliseconds(50)) { _ in PMSClient(ric: RIC(name: name, url: url), transport: transport(name)) }
        }
    }

    static var quick: PolicyExecutor.Settings {
        var settings = PolicyExecutor.Settings()
        settings.statusDeadline = .milliseconds(300)
        settings.firstWait = .milliseconds(2)
        settings.longestWait = .milliseconds(20)
        return settings
    }
}
