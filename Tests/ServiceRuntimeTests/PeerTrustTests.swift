import Foundation
import HTTPFetch
import TestSupport
import Testing

@testable import ServiceRuntime

/// Whom a peer has to be, by the settings that are named after it.
@Suite struct PeerTrustTests {
    private static let trust = PeerTrust("SOME_PEER", "its certificate is", showsCertificate: true)

    private static func configuration(_ values: [String: String], _ trust: PeerTrust = Self.trust) throws -> HTTPFetcher.Configuration {
        let settings = try ServiceContext.forTesting(declarations: trust.declarations, values: values).settings
        return try HTTPFetcher.Configuration(maxOutstanding: 7).trusting(trust, settings)
    }

    @Test("its own authorities go before those of all peers, and those before the system's; those of the installation's services are none of them")
    func authorities() throws {
        let directory = try TemporaryDirectory()
        for name in ["own", "all"] { try Data().write(to: URL(filePath: directory.file(name))) }
        let (own, all) = (directory.file("own"), directory.file("all"))
        #expect(try Self.configuration(["TLS_CA_FILE": all]).caFile == nil)
        #expect(try Self.configuration(["OUTBOUND_CA_FILE": all]).caFile == all)
        let both = try Self.configuration(["OUTBOUND_CA_FILE": all, "SOME_PEER_CA_FILE": own])
        #expect(both.caFile == own && both.certificate == nil && both.maxOutstanding == 7)
    }

    @Test("a certificate is shown with its key and password; what is missing, or cannot be read, ends the service with the setting's name")
    func certificate() throws {
        let directory = try TemporaryDirectory()
        for name in ["pem", "key"] { try Data().write(to: URL(filePath: directory.file(name))) }
        let (pem, key) = (directory.file("pem"), directory.file("key"))
        let shown = try #require(
            try Self.configuration(["SOME_PEER_CERTIFICATE_FILE": pem, "SOME_PEER_KEY_FILE": key, "SOME_PEER_KEY_PASSWORD": "secret"]).certificate)
        #expect(shown.certificateFile == pem && shown.keyFile == key && shown.password == "secret")

        func refused(_ values: [String: String]) -> String? {
            do { _ = try Self.configuration(values) } catch let error as InvalidSetting { return error.key } catch { return "\(error)" }
            return nil
        }
        #expect(refused(["SOME_PEER_KEY_FILE": key]) == "SOME_PEER_CERTIFICATE_FILE")
        #expect(refused(["SOME_PEER_KEY_PASSWORD": "secret"]) == "SOME_PEER_CERTIFICATE_FILE")
        #expect(refused(["SOME_PEER_CA_FILE": directory.file("none")]) == "SOME_PEER_CA_FILE")
        #expect(refused(["OUTBOUND_CA_FILE": directory.file("none")]) == "OUTBOUND_CA_FILE")
        #expect(refused(["SOME_PEER_CERTIFICATE_FILE": directory.file("none")]) == "SOME_PEER_CERTIFICATE_FILE")
        #expect(refused(["SOME_PEER_CERTIFICATE_FILE": pem, "SOME_PEER_KEY_FILE": directory.file("none")]) == "SOME_PEER_KEY_FILE")
    }

    @Test("a peer that is shown no certificate has no settings for one")
    func authoritiesAlone() {
        #expect(PeerTrust("OTHER", "its certificate is").declarations.map(\.name.description) == ["OTHER_CA_FILE"])
        #expect(
            Self.trust.declarations.map(\.name.description) == [
                "SOME_PEER_CA_FILE", "SOME_PEER_CERTIFICATE_FILE", "SOME_PEER_KEY_FILE", "SOME_PEER_KEY_PASSWORD",
            ])
    }
}
