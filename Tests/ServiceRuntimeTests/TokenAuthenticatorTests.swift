import AccessControl
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import ServiceRuntime

@Suite struct TokenAuthenticatorTests {
    static let file = """
        keys:
          - name: night-shift
            hash: sha256:\(KeyHash(of: "k1").hex)
            tenant: north
            scopes: [intents:read, intents:write]
          - {name: reader, key: k2, scopes: ["intents:read"]}
          - {name: boss, key: k3, scopes: [admin]}
        """

    @Test(
        "a key opens what its scopes say",
        arguments: [
            ("Bearer k1", 200), ("bearer k1", 200), ("Bearer k2", 403), ("Bearer k3", 200), ("Bearer k4", 401), ("Bearer ", 401), ("Basic k1", 401), ("", 401),
        ])
    func scopes(_ header: String, _ status: Int) async throws {
        let context = try ServiceContext.forTesting()
        let authenticator = try TokenAuthenticator(keys: try KeyFile(text: Self.file).keys)
        let router = Router(context: AppContext.self)
        router.add(
            middleware: RequestEdge(
                metrics: RequestMetrics(context.metrics), routes: RouteTable(), problems: ProblemMapping(), drain: Drain(), maxBodyBytes: 1_024))
        router.group().add(middleware: authenticator.requires(.intentsWrite)).get("/guarded") { _, context in
            Response.json(["tenant": context.principal?.tenant ?? ""])
        }
        try await Application(router: router).test(.router) { client in
            let response = try await client.execute(uri: "/guarded", method: .get, headers: header.isEmpty ? [:] : [.authorization: header])
            #expect(response.status.code == status)
            if header.hasSuffix("k1"), status == 200 { #expect(response.text == #"{"tenant":"north"}"#) }
        }
    }

    @Test(
        "without authentication only loopback may be listened on",
        arguments: [("127.0.0.1", true), ("::1", true), ("localhost", true), ("0.0.0.0", false), ("127.evil.com", false), ("10.0.0.1", false)])
    func off(_ host: String, _ isAllowed: Bool) {
        let context = Result { try ServiceContext.forTesting(values: ["AUTH_MODE": "off", "HOST": host]) }
        #expect(((try? context.get()) != nil) == isAllowed)
    }
}
