import Logging
import NIOCore
import NIOSSL
import Synchronization
import Telemetry

/// What a listener shows to its clients, and which of them it believes: the files of the settings, as they are now. Connections that are open keep
/// what they began with.
final class ListenerCertificate: Sendable {
    /// PEM files.
    struct Files: Sendable, Equatable {
        var certificate: String
        var key: String
        /// Authorities of the clients' certificates; nil: clients show none.
        var clientAuthorities: String?

        /// Nil without `TLS_CERT_FILE`: the listener speaks plain HTTP.
        init?(_ settings: Settings) throws(InvalidSetting) {
            let (certificate, key) = (settings[CommonSettings.tlsCertificate], settings[CommonSettings.tlsKey])
            self.clientAuthorities = settings[CommonSettings.tlsClientAuthorities]
            guard let certificate else {
                guard key == nil, self.clientAuthorities == nil else {
                    throw InvalidSetting(key: "TLS_CERT_FILE", value: "", allowed: "a PEM file, because another setting of TLS is given")
                }
                return nil
            }
            guard let key else { throw InvalidSetting(key: "TLS_KEY_FILE", value: "", allowed: "a PEM file, because TLS_CERT_FILE is given") }
            self.certificate = certificate
            self.key = key
        }

        var all: [String] { [self.certificate, self.key] + (self.clientAuthorities.map { [$0] } ?? []) }
    }

    private struct Loaded {
        let context: NIOSSLContext
        let names: String
        /// Unix seconds.
        let notAfter: Int64
    }

    let files: Files
    private let loaded: Mutex<Loaded>

    static func load(_ files: Files) throws(InvalidSetting) -> ListenerCertificate {
        ListenerCertificate(files, try self.read(files))
    }

    private init(_ files: Files, _ loaded: Loaded) {
        self.files = files
        self.loaded = Mutex(loaded)
    }

    /// For the next connection.
    var context: NIOSSLContext { self.loaded.withLock { $0.context } }

    var summary: (names: String, notAfter: Int64) { self.loaded.withLock { ($0.names, $0.notAfter) } }

    /// Reads the files again; when they are not good, what was read before stays.
    func reload() throws(InvalidSetting) {
        let new = try Self.read(self.files)
        self.loaded.withLock { $0 = new }
    }

    func export(to registry: PrometheusRegistry) {
        let (names, notAfter) = self.summary
        registry.gauge(MetricName.certificateNotAfter, [("dns_names", names)]).set(notAfter)
    }

    private static func read(_ files: Files) throws(InvalidSetting) -> Loaded {
        let chain = try self.attempt("TLS_CERT_FILE", files.certificate, "a PEM file with the certificate, its issuers after it") {
            try NIOSSLCertificate.fromPEMFile(files.certificate)
        }
        guard let own = chain.first else { throw InvalidSetting(key: "TLS_CERT_FILE", value: files.certificate, allowed: "a PEM file with a certificate") }
        let key = try self.attempt("TLS_KEY_FILE", files.key, "a PEM file with the certificate's private key, without a passphrase") {
            try NIOSSLPrivateKey(file: files.key, format: .pem)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if let authorities = files.clientAuthorities {
            let roots = try self.attempt("TLS_CLIENT_CA_FILE", authorities, "a PEM file with the authorities of clients") {
                try NIOSSLCertificate.fromPEMFile(authorities)
            }
            configuration.trustRoots = .certificates(roots)
            configuration.certificateVerification = .noHostnameVerification
        }
        let wanted = configuration
        let context = try self.attempt("TLS_KEY_FILE", files.key, "the private key of the certificate in TLS_CERT_FILE") {
            // It compares the two.
            try NIOSSLContext(configuration: wanted)
        }
        return Loaded(context: context, names: self.names(of: own), notAfter: Int64(own.notValidAfter))
    }

    private static func attempt<Value>(_ setting: String, _ value: String, _ allowed: String, _ work: () throws -> Value) throws(InvalidSetting) -> Value {
        do { return try work() } catch { throw InvalidSetting(key: setting, value: value, allowed: allowed) }
    }

    /// `gateway.example.net,10.0.0.1`; the label of the metric.
    private static func names(of certificate: NIOSSLCertificate) -> String {
        var names: [String] = []
        for name in certificate._subjectAlternativeNames() {
            switch name.nameType {
            case .dnsName: names.append(String(decoding: name.contents, as: UTF8.self))
            case .ipAddress:
                let bytes = Array(name.contents)
                if bytes.count == 4 { names.append(bytes.map { "\($0)" }.joined(separator: ".")) }
            default: break
            }
        }
        return names.prefix(8).joined(separator: ",")
    }
}

extension FileWatch {
    /// A renewed certificate is shown without a restart. Certificate and key are two files: between them what was read before stays.
    init(_ certificate: ListenerCertificate, logger: Logger, interval: Duration = .seconds(2)) {
        self.init(name: "certificate", logger: logger, interval: interval, paths: { certificate.files.all }, reload: { try certificate.reload() })
    }
}
