import HTTPFetch
import Telemetry

extension ServiceContext {
    /// Turns tracing on where there is a collector; nil where there is none.
    ///
    /// - Throws: ``InvalidSetting``
    func spanExporter() throws(InvalidSetting) -> SpanExporter? {
        SpanExporter.countNothing(in: self.metrics)
        let settings = self.settings
        guard let endpoint = settings[TraceSettings.endpoint] else { return nil }
        let sampler = TraceSampler(name: settings[TraceSettings.sampler], ratio: settings[TraceSettings.samplerArgument])
        var configuration = SpanExporter.Configuration(url: (endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint) + OTLPTraces.path)
        _ = try TraceSettings.headers(settings[TraceSettings.headers])
        configuration.headers = { (try? TraceSettings.headers(settings[TraceSettings.headers])) ?? [] }
        var fetching = HTTPFetcher.Configuration(maxConnections: 2, maxOutstanding: 16)
        // A collector is mostly one's own.
        fetching.caFile = settings[CommonSettings.tlsAuthorities] ?? settings[CommonSettings.outboundAuthorities]
        let encoder = OTLPTraces(
            resource: [
                SpanAttribute("service.name", settings[TraceSettings.serviceName] ?? self.name), SpanAttribute("service.namespace", "nephoran"),
                SpanAttribute("service.version", self.version), SpanAttribute("deployment.environment.name", self.environment),
                SpanAttribute("nephoran.colour", self.colour),
            ],
            version: self.version)
        let exporter = SpanExporter(Tracer.shared, encoder, configuration, fetcher: HTTPFetcher(fetching), metrics: self.metrics)
        Tracer.shared.start(sampler ?? TraceSampler(.always))
        return exporter
    }
}
