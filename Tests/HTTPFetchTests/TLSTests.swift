import Foundation
import Testing

@testable import HTTPFetch

/// Against OpenSSL's own test server with a certificate made for the occasion.
@Suite(.timeLimit(.minutes(1)), .enabled(if: OpenSSLServer.isInstalled)) struct TLSTests {
    /// Runs `body` with the port of a TLS server and the file of the certificate it shows, which is its own authority.
    func withServer(name: String, _ body: (Int, String) async throws -> Void) async throws {
        let server = try await withCheckedThrowingContinuation { continuation in
            // Making a key takes its time, and the pool's threads are few.
            Thread.detachNewThread { continuation.resume(with: Result { try OpenSSLServer(name: name) }) }
        }
        defer { server.stop() }
        try await body(server.port, server.certificate)
    }

    func expectTLSError(_ fetcher: HTTPFetcher, _ url: String) async {
        let error = await #expect(throws: FetchError.self) { try await fetcher.fetch(FetchRequest(url: url)) }
        guard case .tls = error else { Issue.record("\(error as Any)"); return }
        #expect(error?.mayRetry == false)
    }

    @Test("a certificate is trusted only by who knows its authority")
    func authority() async throws {
        try await self.withServer(name: "IP:127.0.0.1") { port, certificate in
            let url = "https://127.0.0.1:\(port)/"
            await self.expectTLSError(HTTPFetcher(), url)
            let response = try await HTTPFetcher(.init(caFile: certificate)).fetch(FetchRequest(url: url))
            #expect(response.status == 200)
        }
    }

    @Test("a certificate for another name is not trusted")
    func name() async throws {
        try await self.withServer(name: "DNS:elsewhere.example") { port, certificate in
            await self.expectTLSError(HTTPFetcher(.init(caFile: certificate)), "https://127.0.0.1:\(port)/")
        }
    }

    @Test("a server that asks who calls is shown the certificate, and only lets those in who have one")
    func mutual() async throws {
        let server = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try OpenSSLServer(name: "IP:127.0.0.1", isMutual: true) }) }
        }
        defer { server.stop() }
        let url = "https://127.0.0.1:\(server.port)/"
        let certificate = HTTPFetcher.ClientCertificate(certificateFile: server.certificate, keyFile: server.key)
        let response = try await HTTPFetcher(.init(caFile: server.certificate, certificate: certificate)).fetch(FetchRequest(url: url))
        #expect(response.status == 200)
        await self.expectTLSError(HTTPFetcher(.init(caFile: server.certificate)), url)
        await self.expectTLSError(
            HTTPFetcher(.init(caFile: server.certificate, certificate: .init(certificateFile: server.certificate, keyFile: "/does/not/exist.pem"))), url)
    }

    @Test("an authority file that is not there fails the transfer, not the check")
    func noFile() async throws {
        try await self.withServer(name: "IP:127.0.0.1") { port, _ in
            await self.expectTLSError(HTTPFetcher(.init(caFile: "/does/not/exist.pem")), "https://127.0.0.1:\(port)/")
        }
    }
}
