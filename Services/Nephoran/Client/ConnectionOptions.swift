import AccessControl
import ArgumentParser
import Foundation
import HTTPFetch

/// Where the gateway is and who asks.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "Address of the gateway; else NEPHORAN_URL, else http://127.0.0.1:8080.")
    var server: String?

    @Option(help: "File with the key; else NEPHORAN_TOKEN is the key itself, else .nephoran/token.")
    var tokenFile: String?

    @Option(help: "PEM file of the authorities that the gateway's certificate is from; else NEPHORAN_CA_FILE, else the system's.")
    var caFile: String?

    @Option(help: "text or json.")
    var output: OutputFormat = .text

    func client(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws(CommandFailure) -> GatewayClient {
        GatewayClient(base: try self.base(environment), token: try self.token(environment), fetcher: self.fetcher(environment))
    }

    func fetcher(_ environment: [String: String]) -> HTTPFetcher {
        HTTPFetcher(.init(caFile: self.caFile ?? environment["NEPHORAN_CA_FILE"].flatMap { $0.isEmpty ? nil : $0 }))
    }

    /// Without a slash at its end.
    func base(_ environment: [String: String]) throws(CommandFailure) -> String {
        var base = self.server ?? environment["NEPHORAN_URL"].flatMap { $0.isEmpty ? nil : $0 } ?? "http://127.0.0.1:8080"
        while base.hasSuffix("/") { base.removeLast() }
        guard base.hasPrefix("http://") || base.hasPrefix("https://") else { throw CommandFailure(.usage, "\(base) is no http:// or https:// address") }
        return base
    }

    /// Nil when there is none: the server says whether it needs one.
    func token(_ environment: [String: String]) throws(CommandFailure) -> String? {
        if let tokenFile {
            guard let token = Self.read(tokenFile) else { throw CommandFailure(.usage, "cannot read \(tokenFile)") }
            return token
        }
        if let token = environment["NEPHORAN_TOKEN"], !token.isEmpty { return token }
        return Self.read(".nephoran/token")
    }

    private static func read(_ path: String) -> String? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        // The first, where one is being replaced.
        return token.isEmpty ? nil : SecretWords.of(token, least: 32).first
    }
}
