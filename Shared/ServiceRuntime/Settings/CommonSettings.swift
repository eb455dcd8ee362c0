/// The settings every service takes.
package enum CommonSettings {
    package static let host = SettingKey.string("HOST", default: "127.0.0.1", "Address to listen on.")
    package static let configFile = SettingKey.optionalString("CONFIG_FILE", "YAML file of settings, or a directory with one file a setting; also --config.")
    package static let logLevel = SettingKey.choice(
        "LOG_LEVEL", default: "info", of: ["trace", "debug", "info", "notice", "warning", "error", "critical"],
        "Least level that is logged; reloaded with the file."
    )
    package static let environment = SettingKey.string("ENVIRONMENT", default: "development", "Name of the installation, for logs and health.")
    package static let colour = SettingKey.string("COLOUR", default: "blue", "Colour of this deployment; what it may do the ledger says.")
    package static let metricsOpen = SettingKey.flag("METRICS_OPEN", default: false, "Serve /metrics to everybody.")
    package static let maxBodyBytes = SettingKey.bytes("MAX_BODY_BYTES", default: 8 << 20, in: 1_024...(1 << 30), "Largest request body of any route.")
    package static let maxConnections = SettingKey.integer("MAX_CONNECTIONS", default: 10_000, in: 1...1_000_000, "Connections accepted at the same time.")
    package static let idleTimeout = SettingKey.duration(
        "IDLE_TIMEOUT", default: .seconds(75), in: .seconds(1)...(.seconds(3_600)), "A connection that says nothing for this long is closed."
    )
    package static let maxConnectionsPerClient = SettingKey.integer(
        "MAX_CONNECTIONS_PER_CLIENT", default: 4_096, in: 0...1_000_000,
        "Connections from one address (of IPv6: one /64) at the same time; 0 is no limit, as behind a proxy.")
    package static let headerTimeout = SettingKey.duration(
        "HEADER_TIMEOUT", default: .seconds(10), in: .milliseconds(100)...(.seconds(600)), "Time for the head of a request, from its first byte.")
    package static let bodyTimeout = SettingKey.duration(
        "BODY_TIMEOUT", default: .seconds(20), in: .milliseconds(100)...(.seconds(600)), "A body of which less than 1 KiB comes in this time is given up."
    )
    package static let tlsCertificate = SettingKey.optionalString(
        "TLS_CERT_FILE", "PEM file with the listener's certificate and its issuers; the listener then speaks TLS only. Read again when it changes.")
    package static let tlsKey = SettingKey.optionalString("TLS_KEY_FILE", "PEM file with the certificate's private key.")
    package static let tlsClientAuthorities = SettingKey.optionalString(
        "TLS_CLIENT_CA_FILE", "PEM file of authorities: clients must show a certificate of one of them.")
    package static let tlsAuthorities = SettingKey.optionalString(
        "TLS_CA_FILE", "PEM file of authorities that the other services' certificates are from, instead of the system's.")
    package static let outboundAuthorities = SettingKey.optionalString(
        "OUTBOUND_CA_FILE", "PEM file of the authorities that peers outside the installation have certificates from, instead of the system's.")
    package static let gateway = SettingKey.url(
        "API_GATEWAY_URL",
        "Address of the gateway that keeps the audit log: it is told what the service refuses and what people change at it directly. A gateway with AUDIT_PATH tells none."
    )
    package static let outbound = SettingKey.list(
        "OUTBOUND_ALLOWED_HOSTS",
        "Where this service may connect to: public, addresses, prefixes, host names and .domains; empty: wherever its settings say. See docs/security.md.")
    package static let drainNotice = SettingKey.duration(
        "DRAIN_NOTICE", default: .milliseconds(100), in: .zero ... .seconds(60), "Time between being unready and no longer accepting connections."
    )
    package static let drainLinger = SettingKey.duration(
        "DRAIN_LINGER", default: .milliseconds(500), in: .zero ... .seconds(60),
        "Time for idle connections to ask once more and be told to close, before they are closed."
    )
    package static let drainTimeout = SettingKey.duration(
        "DRAIN_TIMEOUT", default: .seconds(10), in: .milliseconds(100)...(.seconds(600)), "Time for requests and services to finish when stopping."
    )

    package static let listenDescriptor = SettingKey.integer(
        "LISTEN_FD", default: 0, in: 0...65_535, "Descriptor of a socket that listens already, instead of HOST and PORT; 0 for none."
    )
    package static let readyDescriptor = SettingKey.integer(
        "READY_FD", default: 0, in: 0...65_535, "Descriptor that a line is written to once the service is ready; 0 for none."
    )

    package static func port(_ value: Int) -> SettingKey<Int> {
        .integer("PORT", default: value, in: 0...65_535, "Port to listen on; 0 takes a free one.")
    }

    static func declarations(port: Int) -> [SettingDeclaration] {
        [
            self.host.declaration, self.port(port).declaration, self.configFile.declaration, self.logLevel.declaration, self.environment.declaration,
            self.colour.declaration, self.metricsOpen.declaration,
            self.maxBodyBytes.declaration, self.maxConnections.declaration, self.idleTimeout.declaration,
            self.maxConnectionsPerClient.declaration, self.headerTimeout.declaration, self.bodyTimeout.declaration,
            self.tlsCertificate.declaration, self.tlsKey.declaration, self.tlsClientAuthorities.declaration, self.tlsAuthorities.declaration,
            self.outboundAuthorities.declaration, self.gateway.declaration, self.outbound.declaration, self.drainNotice.declaration,
            self.drainLinger.declaration, self.drainTimeout.declaration, self.listenDescriptor.declaration, self.readyDescriptor.declaration,
        ] + TraceSettings.declarations + AccessSettings.declarations
    }
}
