import HTTPFetch

extension ServiceContext {
    /// Tells the gateway that keeps the audit log. Nil where none is named.
    func auditReporter() -> AuditReporter? {
        guard let address = self.settings[CommonSettings.gateway] else { return nil }
        let (name, authenticator) = (self.name, self.authenticator)
        let configuration = AuditReporter.Configuration(service: name, gateway: address) { authenticator.bearer(of: name, to: Self.gateway) }
        let fetching = HTTPFetcher.Configuration(maxConnections: 2, maxOutstanding: 4).trusting(self.settings)
        let reporter = AuditReporter(configuration, fetcher: HTTPFetcher(fetching), metrics: self.metrics)
        self.acts.follow { reporter.record($0) }
        return reporter
    }

    private static let gateway = "api-gateway"
}
