package import HTTPFetch

extension HTTPFetcher.Configuration {
    /// For calls of other services: their certificates are from `TLS_CA_FILE`, and where that is given they are shown this service's own.
    package func trusting(_ settings: Settings) -> Self {
        guard let authorities = settings[CommonSettings.tlsAuthorities] else { return self }
        var configuration = self
        configuration.caFile = authorities
        configuration.certificate = settings[CommonSettings.tlsCertificate].map {
            HTTPFetcher.ClientCertificate(certificateFile: $0, keyFile: settings[CommonSettings.tlsKey])
        }
        return configuration
    }
}
