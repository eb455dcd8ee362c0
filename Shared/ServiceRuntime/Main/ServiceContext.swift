package import Logging
package import Telemetry

/// What a service is given to build itself from.
package struct ServiceContext: Sendable {
    /// `llm-processor`.
    package let name: String
    package let version: String
    package let colour: String
    package let environment: String
    package let settings: Settings
    package let logger: Logger
    package let metrics: PrometheusRegistry
    package let authenticator: TokenAuthenticator
    package let drain: Drain
    /// What people do here, for the audit log.
    package let acts = ActLog()
    /// Where the service listens; port 0 takes a free one.
    package let host: String
    package let port: Int

    /// - Parameter port: unless the settings say otherwise.
    package init(
        name: String, port: Int, settings: Settings, logger: Logger, metrics: PrometheusRegistry, authenticator: TokenAuthenticator, drain: Drain = Drain()
    ) {
        self.name = name
        self.host = settings[CommonSettings.host]
        self.port = settings[CommonSettings.port(port)]
        self.version = BuildVersion.current
        self.colour = settings[CommonSettings.colour]
        self.environment = settings[CommonSettings.environment]
        self.settings = settings
        self.logger = logger
        self.metrics = metrics
        self.authenticator = authenticator
        self.drain = drain
    }
}
