import HTTPFetch
import HTTPTypes
import Hummingbird
import IntentModel
import JSONSchema
import Resilience
import ServiceRuntime
import TestSupport
import Testing

@testable import ORANAdaptor

/// A1 over TLS, towards a listener that asks who calls.
@Suite(.timeLimit(.minutes(2))) struct A1TLSTests {
    /// Certificates of two authorities, of which the RIC believes one.
    private struct Certificates {
        let directory: TemporaryDirectory

        init() throws {
            self.directory = try TemporaryDirectory()
            let (own, other) = (try CertificateAuthority("ca", in: self.directory), try CertificateAuthority("other", in: self.directory))
            try own.sign("ric.example.net", to: "ric")
            try own.sign("ric.example.net", days: -1, to: "ric-expired")
            try own.sign("ric.example.net", isLocal: false, to: "ric-elsewhere")
            try own.sign("nephoran.example.net", password: "a secret", to: "client")
            try own.sign("nephoran.example.net", days: -1, to: "client-expired")
            try other.sign("nephoran.example.net", to: "client-of-another")
        }

        func listener(_ name: String) -> [String: String] {
            [
                "TLS_CERT_FILE": self.directory.file("\(name).pem"), "TLS_KEY_FILE": self.directory.file("\(name).key"),
                "TLS_CLIENT_CA_FILE": self.directory.file("ca.pem"),
            ]
        }

        /// As the service makes it of its settings.
        func fetcher(authority: String = "ca", shows client: String?) throws -> HTTPFetcher {
            var values = ["A1_CA_FILE": self.directory.file("\(authority).pem")]
            if let client {
                values["A1_CERTIFICATE_FILE"] = self.directory.file("\(client).pem")
                values["A1_KEY_FILE"] = self.directory.file("\(client).key")
                values["A1_KEY_PASSWORD"] = client == "client" ? "a secret" : nil
            }
            let settings = try ServiceContext.forTesting(declarations: ORANSettings.declarations, values: values).settings
            return HTTPFetcher(try HTTPFetcher.Configuration().trusting(ORANSettings.a1Trust, settings))
        }
    }

    private static let type = "ORAN_QoSTarget_2.0.0"

    private static func change(_ change: PolicyChange.Change) -> PolicyChange {
        PolicyChange(
            policyId: "nephoran.qos.5qi-82", policyType: self.type, ric: "east", change: change,
            document: change == .delete ? "" : #"{"qosObjectives":{"pdb":10},"scope":{"qosId":{"5qI":82}}}"#)
    }

    /// A RIC behind a listener of TLS.
    private func serve(_ ric: FakeRIC, _ listener: [String: String], _ body: (_ url: String) async throws -> Void) async throws {
        let inner = HTTPFetcher()
        let parts = ServiceParts(routes: { router in
            for method in [HTTPRequest.Method.get, .put, .delete] {
                router.on("A1-P/v2/**", method: method) { request, _ -> Response in
                    let bytes = Array(buffer: try await request.body.collect(upTo: 1 << 20))
                    let headers = bytes.isEmpty ? [] : [("content-type", "application/json")]
                    let answer = try await inner.fetch(
                        FetchRequest(method: method.rawValue, url: ric.url + request.uri.string, headers: headers, body: bytes.isEmpty ? nil : bytes))
                    let fields: HTTPFields = answer.header("content-type").map { [.contentType: $0] } ?? [:]
                    return Response(
                        status: .init(code: answer.status), headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
                }
            }
        })
        try await Serving.run(parts, listener, body)
        inner.stop()
    }

    private func executor(_ url: String, _ fetcher: HTTPFetcher) throws -> PolicyExecutor {
        let fleet = RICFleet([Sessions.direct(RIC(name: "east", url: url), fetcher: fetcher)])
        return PolicyExecutor(fleet: fleet, catalogue: try PolicyTypeCatalogue(), settings: Sessions.quick)
    }

    @Test("a RIC that asks who calls is shown the certificate, whose key may have a password: policies are put, enforced and taken away")
    func mutual() async throws {
        let certificates = try await offPool { try Certificates() }
        let ric = try await FakeRIC.start()
        try await self.serve(ric, certificates.listener("ric")) { url async throws in
            #expect(url.hasPrefix("https://"))
            let fetcher = try certificates.fetcher(shows: "client")
            let executor = try self.executor(url, fetcher)
            guard case .applied(let put) = await executor.apply([Self.change(.put)]) else { return #expect(Bool(false), "not applied") }
            #expect(put.map(\.change) == [.put] && put.map(\.enforceStatus) == ["ENFORCED"])
            guard case .applied(let deleted) = await executor.apply([Self.change(.delete)]) else { return #expect(Bool(false), "not deleted") }
            #expect(deleted.map(\.change) == [.delete])
            fetcher.stop()
        }
        #expect(ric.violations.isEmpty, "\(ric.violations)")
        await ric.stop()
    }

    @Test("whoever is not who they should be: the intent fails at once with the reason, and the RIC is asked nothing, by no other way either")
    func refused() async throws {
        let certificates = try await offPool { try Certificates() }
        let ric = try await FakeRIC.start()
        let rows: [(listener: String, authority: String, client: String?, says: [String])] = [
            ("ric", "other", "client", ["certificate"]), ("ric-expired", "ca", "client", ["certificate has expired"]),
            ("ric-elsewhere", "ca", "client", ["127.0.0.1"]), ("ric", "ca", nil, ["certificate required"]),
            ("ric", "ca", "client-expired", ["certificate expired"]), ("ric", "ca", "client-of-another", ["unknown ca"]),
        ]
        for row in rows {
            try await self.serve(ric, certificates.listener(row.listener)) { url async throws in
                let fetcher = try certificates.fetcher(authority: row.authority, shows: row.client)
                let outcome = try await self.executor(url, fetcher).apply([Self.change(.put)])
                guard case .failed(let problem) = outcome else {
                    Issue.record("\(row): \(outcome)")
                    return
                }
                #expect(problem.code == "a1_forbidden" && problem.detail.hasPrefix("RIC east: TLS: "), "\(row): \(problem.detail)")
                #expect(row.says.allSatisfy { problem.detail.contains($0) }, "\(row): \(problem.detail)")
                fetcher.stop()
            }
        }
        // A listener that speaks plain HTTP is no way around it.
        let fetcher = try certificates.fetcher(shows: "client")
        let plain = try await self.executor(ric.url.replacing("http://", with: "https://"), fetcher).apply([Self.change(.put)])
        guard case .failed(let problem) = plain else {
            Issue.record("\(plain)")
            return
        }
        #expect(problem.code == "a1_forbidden")
        fetcher.stop()
        #expect(ric.requests.isEmpty)
        await ric.stop()
    }
}
