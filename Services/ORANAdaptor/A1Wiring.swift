import HTTPFetch
import RedisClient
import Resilience
import ServiceRuntime

/// The RICs of the settings, each with the client, the guards and the templates that are its own.
enum A1Wiring {
    static func fleet(_ context: ServiceContext, _ fetcher: HTTPFetcher, _ notifications: NotificationAddress?, _ redis: RedisClient) throws -> RICFleet {
        let settings = context.settings
        let templates = try settings[ORANSettings.templates].map { try PolicyTemplateFile.read(path: $0) } ?? []
        let own = try RIC.list(fromSetting: settings[ORANSettings.rics]).map { ric in
            self.session(ric, self.upstream("a1/\(ric.name)", context), fetcher, templates: templates, notifications: notifications)
        }
        guard let pms = settings[ORANSettings.pms] else { return RICFleet(own) }
        let root = self.root(pms)
        return self.fleet(
            own, behind: root, self.upstream("a1pms", context), fetcher, templates: templates, patience: settings[ORANSettings.pmsWait],
            memory: RICMemory(redis: redis, service: root))
    }

    /// A session with a RIC that is spoken to itself.
    static func session(
        _ ric: RIC, _ upstream: Upstream, _ fetcher: HTTPFetcher, templates: [PolicyTemplate] = [], notifications: NotificationAddress? = nil,
        reportAge: Duration = .seconds(5)
    ) -> RICSession {
        let root = A1Root(ric.variant)
        return RICSession(upstream: upstream, notifications: notifications, reportAge: reportAge) { timeout in
            let transport = A1Transport(ric: ric.name, root: ric.url, fetcher: fetcher, upstream: upstream, timeout: timeout)
            return self.templated(A1Client(ric: ric, transport: transport, root: root), templates)
        }
    }

    /// The RICs that a policy management service lists, besides `own`.
    static func fleet(
        _ own: [RICSession], behind root: String, _ upstream: Upstream, _ fetcher: HTTPFetcher, templates: [PolicyTemplate] = [],
        listAge: Duration = .seconds(30), settling: Duration = .seconds(60), patience: Duration = .seconds(60), memory: RICMemory? = nil,
        reportAge: Duration = .seconds(5)
    ) -> RICFleet {
        let transport: @Sendable (String, Duration) -> A1Transport = { ric, timeout in
            A1Transport(ric: ric, root: root, fetcher: fetcher, upstream: upstream, timeout: timeout)
        }
        // Waits less, as who looks at a RIC does: what is for RICs of the setting does not wait for a dead service.
        let service = transport("the A1 Policy Management Service", min(upstream.configuration.timeout, .seconds(2)))
        let directory = PMSDirectory(transport: service, age: listAge, settling: settling, patience: patience, memory: memory)
        return RICFleet(own, behind: directory) { name in
            RICSession(upstream: upstream, reportAge: reportAge) { timeout in
                self.templated(PMSClient(ric: RIC(name: name, url: root), transport: transport(name, timeout)), templates)
            }
        }
    }

    /// RICs of the setting are served without a management service.
    static func healthChecks(_ fleet: RICFleet) -> [HealthCheck] {
        guard fleet.managementService != nil else { return [] }
        return [HealthCheck("a1pms", isRequired: false) { if let error = await fleet.silence() { throw error } }]
    }

    private static func templated(_ producer: any PolicyProducer, _ templates: [PolicyTemplate]) -> any PolicyProducer {
        templates.isEmpty ? producer : TemplatedProducer(producer, templates: templates)
    }

    private static func root(_ url: String) -> String {
        var root = url
        while root.hasSuffix("/") { root.removeLast() }
        if root.hasSuffix(PMSClient.base) { root.removeLast(PMSClient.base.count) }
        return root
    }

    private static func upstream(_ name: String, _ context: ServiceContext) -> Upstream {
        let timeout = context.settings[ORANSettings.timeout]
        return context.upstream(name) {
            $0.timeout = timeout
            $0.breaker.slowCall = timeout
            // Short, since a RIC that returns should get its policies soon.
            $0.breaker.openAtMost = min($0.breaker.openAtMost, .seconds(15))
            // The executor retries whole steps, the queue whole intents.
            $0.attempts = 1
        }
    }
}
