import Foundation
import Hummingbird
import HummingbirdTesting
import ServiceRuntime
import Testing

@testable import APIGateway

@Suite struct SiteTests {
    static let pages = [
        ("/", "text/html; charset=utf-8"), ("/console.css", "text/css; charset=utf-8"), ("/console.js", "text/javascript; charset=utf-8"),
        ("/docs", "text/html; charset=utf-8"),
        ("/docs.js", "text/javascript; charset=utf-8"), ("/openapi.yaml", "application/yaml"), ("/openapi.json", "application/json"),
    ]

    private func withSite(_ body: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        let site = try Site(directory: Repository.path("Services/APIGateway/Public"))
        let application = ServiceApplication.build(ServiceParts(routes: { site.addRoutes(to: $0) }), in: try ServiceContext.forTesting())
        try await application.test(.router, body)
    }

    @Test("every page is served to everybody, under a policy that lets nothing in from elsewhere", arguments: pages)
    func page(_ path: String, _ type: String) async throws {
        try await self.withSite { client in
            let response = try await client.execute(uri: path, method: .get)
            #expect(response.status == .ok && response.body.readableBytes > 100)
            #expect(response.headers[.contentType] == type && response.headers[.xContentTypeOptions] == "nosniff")
            let policy = response.headers[.contentSecurityPolicy] ?? ""
            #expect(
                policy.hasPrefix("default-src 'none';") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe") && !policy.contains("http"))
        }
    }

    @Test("a page that is known already is not sent again", arguments: pages.map(\.0))
    func notModified(_ path: String) async throws {
        try await self.withSite { client in
            let etag = try #require(try await client.execute(uri: path, method: .get).headers[.eTag])
            for tag in [etag, "W/\(etag)", "\"other\", \(etag)", "*"] {
                let response = try await client.execute(uri: path, method: .get, headers: [.ifNoneMatch: tag])
                #expect(response.status == .notModified && response.body.readableBytes == 0 && response.headers[.eTag] == etag)
            }
            #expect(try await client.execute(uri: path, method: .get, headers: [.ifNoneMatch: "\"other\""]).status == .ok)
        }
    }

    @Test("the specification is the same as JSON")
    func json() async throws {
        try await self.withSite { client in
            let body = try await client.execute(uri: "/openapi.json", method: .get).body
            let document = try #require(try JSONSerialization.jsonObject(with: Data(body.readableBytesView)) as? [String: Any])
            #expect(document["openapi"] as? String == "3.1.0" && (document["paths"] as? [String: Any])?["/v1/intents"] != nil)
        }
    }

    @Test("pages refer to nothing elsewhere and hold no code or styles of their own", arguments: ["index.html", "docs.html"])
    func selfContained(_ name: String) throws {
        let text = try String(contentsOfFile: Repository.path("Services/APIGateway/Public/\(name)"), encoding: .utf8)
        let tags = text.replacing("http://www.w3.org/2000/svg", with: "")
        #expect(!tags.contains("http:") && !tags.contains("https:") && !tags.contains("style=") && !tags.contains("<style") && !tags.contains("onclick="))
        #expect(!text.replacing(/<script src="[^"]+" defer><\/script>/, with: "").contains("<script"))
    }

    @Test("a site with a file missing is not served")
    func missing() {
        #expect(throws: (any Error).self) { try Site(directory: "/nowhere") }
    }
}
