package import HTTPFetch

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Whom a peer outside the installation has to be, and what it is shown when it asks who calls: its settings, named after it alike.
///
/// `<PEER>_CA_FILE`; without it `OUTBOUND_CA_FILE`; without that the system's authorities. Certificates are always checked.
package struct PeerTrust: Sendable {
    private let authorities: SettingKey<String?>
    /// Nil for a peer that is shown none.
    private let shown: (certificate: SettingKey<String?>, key: SettingKey<String?>, password: SettingKey<String?>)?

    /// - Parameters:
    ///   - peer: as its settings begin: `O2`.
    ///   - whose: for people: `the O-Cloud's certificate is`.
    ///   - showsCertificate: it may ask who calls, mutual TLS.
    package init(_ peer: String, _ whose: String, showsCertificate: Bool = false) {
        self.authorities = .optionalString("\(peer)_CA_FILE", "PEM file of the authorities \(whose) from, instead of those of OUTBOUND_CA_FILE.")
        guard showsCertificate else {
            self.shown = nil
            return
        }
        self.shown = (
            .optionalString("\(peer)_CERTIFICATE_FILE", "PEM file of the certificate shown to it when it asks for one; may hold the chain and the key."),
            .optionalString("\(peer)_KEY_FILE", "PEM file of that certificate's key."), .secret("\(peer)_KEY_PASSWORD", "Password of that key.")
        )
    }

    package var declarations: [SettingDeclaration] {
        [self.authorities.declaration] + (self.shown.map { [$0.certificate.declaration, $0.key.declaration, $0.password.declaration] } ?? [])
    }

    /// Nil is the system's.
    ///
    /// - Throws: ``InvalidSetting`` when the file cannot be read.
    package func authorities(_ settings: Settings) throws(InvalidSetting) -> String? {
        for key in [self.authorities, CommonSettings.outboundAuthorities] {
            guard let path = settings[key] else { continue }
            return try Self.readable(path, key)
        }
        return nil
    }

    fileprivate func certificate(_ settings: Settings) throws(InvalidSetting) -> HTTPFetcher.ClientCertificate? {
        guard let shown = self.shown else { return nil }
        guard let certificate = settings[shown.certificate] else {
            for key in [shown.key, shown.password] where settings[key] != nil {
                throw InvalidSetting(key: shown.certificate.name.description, value: "", allowed: "a PEM file, because \(key.name.description) is given")
            }
            return nil
        }
        return HTTPFetcher.ClientCertificate(
            certificateFile: try Self.readable(certificate, shown.certificate),
            keyFile: try settings[shown.key].map { path throws(InvalidSetting) in try Self.readable(path, shown.key) }, password: settings[shown.password])
    }

    private static func readable(_ path: String, _ key: SettingKey<String?>) throws(InvalidSetting) -> String {
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw InvalidSetting(key: key.name.description, value: path, allowed: "a PEM file that this service can read")
        }
        return path
    }
}

extension HTTPFetcher.Configuration {
    /// For calls of a peer outside the installation.
    ///
    /// - Throws: ``InvalidSetting`` when a file cannot be read, or a key is without its certificate.
    package func trusting(_ peer: PeerTrust, _ settings: Settings) throws(InvalidSetting) -> Self {
        var configuration = self
        configuration.caFile = try peer.authorities(settings)
        configuration.certificate = try peer.certificate(settings)
        return configuration
    }
}
