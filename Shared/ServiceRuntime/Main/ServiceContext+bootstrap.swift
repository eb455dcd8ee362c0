import CoreMetrics
import HTTPFetch
import Logging
import Telemetry

extension ServiceContext {
    /// Sets logging and metrics of the process up and opens the keys. Once per process.
    static func bootstrap(name: String, port: Int, settings: Settings) throws -> ServiceContext {
        LogLevel.shared.value = Logger.Level(rawValue: settings[CommonSettings.logLevel]) ?? .info
        LoggingSystem.bootstrap(
            { label, provider in JSONLogHandler(label: label, service: name, metadataProvider: provider) }, metadataProvider: Correlation.metadataProvider
        )
        settings.secrets.forEach(KnownSecrets.shared.add)
        // Those of before stay known: a peer may still quote them.
        settings.onReload { $0.secrets.forEach(KnownSecrets.shared.add) }
        settings.onReload { LogLevel.shared.value = Logger.Level(rawValue: $0[CommonSettings.logLevel]) ?? .info }

        do throws(AddressList.Invalid) { OutboundPolicy.current = OutboundPolicy(try AddressList(settings[CommonSettings.outbound])) } catch {
            throw InvalidSetting(key: "OUTBOUND_ALLOWED_HOSTS", value: error.entry, allowed: AddressList.rule)
        }

        let metrics = PrometheusRegistry(constantLabels: [("service", name), ("colour", settings[CommonSettings.colour])])
        MetricsSystem.bootstrap(metrics)
        ProcessMetrics.register(in: metrics)
        return ServiceContext(
            name: name, port: port, settings: settings, logger: Logger(label: name), metrics: metrics,
            authenticator: try TokenAuthenticator(settings: settings, metrics: metrics)
        )
    }

    /// A context for tests: nothing of the process is touched, authentication is as the settings say, port 0.
    package static func forTesting(
        name: String = "test", declarations: [SettingDeclaration] = [], values: [String: String] = [:]
    ) throws -> ServiceContext {
        let settings = try Settings(
            service: name, declarations: CommonSettings.declarations(port: 0) + declarations, environment: values
        )
        let metrics = PrometheusRegistry(constantLabels: [("service", name), ("colour", settings[CommonSettings.colour])])
        return ServiceContext(
            name: name, port: 0, settings: settings, logger: Logger(label: name), metrics: metrics,
            authenticator: try TokenAuthenticator(settings: settings, metrics: metrics)
        )
    }
}
