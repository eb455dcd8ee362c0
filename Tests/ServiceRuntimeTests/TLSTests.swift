import Foundation
import Telemetry
import TestSupport
import Testing

@testable import ServiceRuntime

/// Listeners that speak TLS, with certificates made by openssl and clients that are curl and openssl.
@Suite(.timeLimit(.minutes(2))) struct TLSTests {
    private static func settings(_ directory: TemporaryDirectory, _ others: [String: String] = [:]) -> [String: String] {
        ["TLS_CERT_FILE": directory.file("own.pem"), "TLS_KEY_FILE": directory.file("own.key")].merging(others) { $1 }
    }

    private static func curl(_ service: LiveService, _ arguments: [String]) async throws -> String {
        let address = "https://localhost:\(service.port)/healthz"
        let command = ["curl", "--silent", "--show-error", "--max-time", "10"] + arguments + [address]
        return try await offPool { (try? Tool.output(command)) ?? "failed" }
    }

    /// Common name of the certificate that a new connection is shown.
    private static func shown(_ service: LiveService) async throws -> String {
        let command = "openssl s_client -connect 127.0.0.1:\(service.port) -servername localhost </dev/null 2>/dev/null | openssl x509 -noout -subject"
        return try await offPool { (try? Tool.output(["sh", "-c", command]))?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "" }
    }

    @Test("a renewed certificate is shown to the next connection, those that are open go on, and a bad file changes nothing")
    func reload() async throws {
        let directory = try TemporaryDirectory()
        let authority = try await offPool { try CertificateAuthority("ca", in: directory) }
        try await offPool { try authority.sign("one.example.net", days: 20, to: "own") }
        try await LiveService.with(Self.settings(directory)) { service in
            let answer = try await Self.curl(service, ["--cacert", authority.certificate, "--dump-header", "-"])
            #expect(answer.contains("ok") && answer.lowercased().contains("strict-transport-security: max-age=31536000"), "\(answer)")
            #expect(try await Self.curl(service, ["--cacert", authority.certificate, "--tls-max", "1.1"]) == "failed")
            #expect(try await Self.shown(service).contains("one.example.net"))
            let before = String(decoding: service.context.metrics.expose(), as: UTF8.self)
            #expect(before.contains("cert_exporter_not_after{") && before.contains("dns_names=\"one.example.net,localhost,127.0.0.1\""))

            // One connection that is kept: its second request comes after the renewal.
            let kept = Task {
                try await offPool {
                    let go = directory.file("go")
                    let request = "printf 'GET /healthz HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n'"
                    let last = "printf 'GET /version HTTP/1.1\\r\\nhost: x\\r\\nconnection: close\\r\\n\\r\\n'"
                    let script = "(\(request); while [ ! -e \(go) ]; do sleep 0.02; done; \(last); sleep 1) | "
                    return try Tool.output(["sh", "-c", script + "timeout 20 openssl s_client -quiet -connect 127.0.0.1:\(service.port) 2>/dev/null"])
                }
            }
            try "no certificate".write(toFile: directory.file("own.pem"), atomically: true, encoding: .utf8)
            #expect(throws: InvalidSetting.self) { try service.certificate?.reload() }
            #expect(try await Self.shown(service).contains("one.example.net"), "the one before stays")
            // The key of another certificate.
            try await offPool { try authority.sign("two.example.net", to: "next") }
            try FileManager.default.removeItem(atPath: directory.file("own.pem"))
            try FileManager.default.copyItem(atPath: directory.file("next.pem"), toPath: directory.file("own.pem"))
            #expect(throws: InvalidSetting.self) { try service.certificate?.reload() }
            #expect(try await Self.shown(service).contains("one.example.net"), "a certificate without its key is none")
            try FileManager.default.removeItem(atPath: directory.file("own.key"))
            try FileManager.default.copyItem(atPath: directory.file("next.key"), toPath: directory.file("own.key"))
            var shown = ""
            for _ in 0..<100 where !shown.contains("two.example.net") {
                shown = try await Self.shown(service)
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(shown.contains("two.example.net"))
            #expect(String(decoding: service.context.metrics.expose(), as: UTF8.self).contains("dns_names=\"two.example.net,localhost,127.0.0.1\""))
            try Data().write(to: URL(filePath: directory.file("go")))
            let both = try await kept.value
            #expect(both.components(separatedBy: "HTTP/1.1 200").count == 3, "\(both)")
        }
    }

    @Test("where clients must show a certificate, one of the right authority is let in, none and another's are not")
    func clients() async throws {
        let directory = try TemporaryDirectory()
        let (authority, stranger) = try await offPool { (try CertificateAuthority("ca", in: directory), try CertificateAuthority("other", in: directory)) }
        try await offPool {
            try authority.sign("gateway.example.net", to: "own")
            try authority.sign("client.example.net", to: "client")
            try stranger.sign("client.example.net", to: "stranger")
        }
        try await LiveService.with(Self.settings(directory, ["TLS_CLIENT_CA_FILE": directory.file("ca.pem")])) { service async throws in
            let authorities = directory.file("ca.pem")
            func ask(_ name: String?) async throws -> String {
                let shown = name.map { ["--cert", directory.file("\($0).pem"), "--key", directory.file("\($0).key")] } ?? []
                return try await Self.curl(service, ["--cacert", authorities] + shown)
            }
            #expect(try await ask("client").contains("ok"))
            #expect(try await ask(nil) == "failed")
            #expect(try await ask("stranger") == "failed")
        }
    }

    @Test("settings that do not fit each other end the service with the setting's name")
    func settings() async throws {
        let directory = try TemporaryDirectory()
        try await offPool {
            let authority = try CertificateAuthority("ca", in: directory)
            try authority.sign("one.example.net", to: "own")
            try authority.sign("two.example.net", to: "other")
        }
        func refused(_ values: [String: String]) async -> String? {
            do { try await LiveService.with(values) { _ in } } catch let error as InvalidSetting { return error.key } catch { return "\(error)" }
            return nil
        }
        #expect(await refused(["TLS_CERT_FILE": directory.file("own.pem")]) == "TLS_KEY_FILE")
        #expect(await refused(["TLS_KEY_FILE": directory.file("own.key")]) == "TLS_CERT_FILE")
        #expect(await refused(["TLS_CLIENT_CA_FILE": directory.file("ca.pem")]) == "TLS_CERT_FILE")
        #expect(await refused(["TLS_CERT_FILE": directory.file("own.pem"), "TLS_KEY_FILE": directory.file("other.key")]) == "TLS_KEY_FILE")
        #expect(await refused(["TLS_CERT_FILE": directory.file("none.pem"), "TLS_KEY_FILE": directory.file("own.key")]) == "TLS_CERT_FILE")
    }
}
