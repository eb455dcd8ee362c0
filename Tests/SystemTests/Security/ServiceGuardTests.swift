import Crypto
import Foundation
import HTTPFetch
import TestSupport
import Testing

extension RealProcesses {
    /// The services behind the gateway of an installation that has a secret of its own.
    @Suite("guards of the services") struct ServiceGuardTests {
        private static let secret = String(repeating: "k", count: 48)

        private static let services: [ServiceName] = [.interpreter, .knowledge, .generator, .adaptor, .bridge]

        /// By hand, so that the form is held, too.
        private static func token(to callee: String, from time: Int = Int(Date.now.timeIntervalSince1970), secret: String = Self.secret) -> String {
            func text(_ data: some DataProtocol) -> String {
                Data(data).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
            }
            let claims = #"{"iss":"nephoran","sub":"api-gateway","aud":"\#(callee)","iat":\#(time),"exp":\#(time + 60)}"#
            let signed = text(Data(#"{"alg":"HS256","typ":"service+jwt"}"#.utf8)) + "." + text(Data(claims.utf8))
            let code = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: SymmetricKey(data: Data(secret.utf8)))
            return signed + "." + text(Data(code))
        }

        @Test("each lets in who signs for it, and nobody else on this machine; an intent goes its way", .timeLimit(.minutes(3)))
        func guards() async throws {
            let installation = try await Installation.start(["SERVICE_SECRET": Self.secret, "AUTH_FAILURES_PER_MINUTE": "0"])
            defer { installation.stop() }
            let now = Int(Date.now.timeIntervalSince1970)
            for service in Self.services {
                let (client, name) = (installation.client(service), service.rawValue)
                let routes = try DescribedRoutes.guarded(service)
                #expect(routes.count > 1)
                for (method, path) in routes {
                    func status(_ bearer: String?) async throws -> Int {
                        try await client.call(
                            method, path, headers: bearer.map { [("authorization", "Bearer \($0)")] } ?? [], timeout: .seconds(10)
                        ).status
                    }
                    let bad = [
                        nil, "wrong", Self.token(to: "api-gateway"), Self.token(to: name, from: now - 120), Self.token(to: name, from: now + 120),
                        Self.token(to: name, secret: String(repeating: "z", count: 48)), String(Self.token(to: name).dropLast(8)),
                    ]
                    for (number, bearer) in bad.enumerated() { #expect(try await status(bearer) == 401, "\(name) \(method) \(path), \(number)") }
                    for bearer in [Self.token(to: name), Installation.token] {
                        let answer = try await status(bearer)
                        #expect(answer != 401 && answer != 403 && answer != 405, "\(name) \(method) \(path): \(answer)")
                    }
                }
                #expect(try await client.call("GET", "/metrics").status == 200)
            }
            // None of them is a person's at the gateway.
            for callee in ["api-gateway", "rag-api"] {
                let answer = try await installation.client(.gateway).call(
                    "GET", "/v1/intents", headers: [("authorization", "Bearer \(Self.token(to: callee))")])
                #expect(answer.status == 401)
            }
            let tried = try await installation.gateway.call("POST", "/v1/intents?dryRun=true", json: #"{"intent": "Deploy an AMF in guarded"}"#)
            #expect(tried.status == 200)
            let done = try await installation.gateway.call(
                "POST", "/v1/intents", json: #"{"intent": "Deploy an AMF in guarded"}"#, headers: [("prefer", "wait=30")])
            #expect(done.status == 200 && String(decoding: done.body, as: UTF8.self).contains(#""phase":"published""#))
        }
    }
}
