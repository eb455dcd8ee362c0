import HTTPFetch
import Testing

@testable import NephioBridge

@Suite struct GitOutboundTests {
    @Test("git over HTTP is told where its server is, and asks nobody else; other remotes are left alone")
    func pinned() async throws {
        let settings = try await GitOutbound.settings(for: "http://localhost:3000/north.git", command: "fetch")
        let value = try #require(settings["http.curloptResolve"])
        #expect(value.hasPrefix("localhost:3000:") && (value.contains("127.0.0.1") || value.contains("[::1]")))
        #expect(
            try await GitOutbound.settings(for: "https://localhost/north.git", command: "fetch")["http.curloptResolve"]?.hasPrefix("localhost:443:") == true)
        for remote in [nil, "/srv/north.git", "git@localhost:north.git", "ssh://localhost/north.git", "http://127.0.0.1:3000/north.git"] {
            #expect(try await GitOutbound.settings(for: remote, command: "fetch").isEmpty, "\(remote ?? "none")")
        }
    }

    @Test("a server that sends elsewhere is not followed")
    func redirects() { #expect(RemoteRepository(url: "https://git.example/north.git").settings["http.followRedirects"] == "false") }
}
