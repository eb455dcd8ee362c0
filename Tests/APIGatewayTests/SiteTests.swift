import Foundation
import Hummingbird
import HummingbirdTesting
import ServiceRuntime
import Testing

@testable import APIGateway

@Suite struct SiteTests {
    static let pages = [
        ("/", "text/html; charset=utf-8"), ("/console.css", "text/css; charset=utf-8"), ("/console/main.js", "text/javascript; charset=utf-8"),
        ("/docs", "text/html; charset=utf-8"), ("/docs.css", "text/css; charset=utf-8"),
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
        #expect(!text.replacing(/<script src="[^"]+" (defer|type="module")><\/script>/, with: "").contains("<script"))
    }

    @Test("every module of the console is served, and none imports what is not")
    func modules() async throws {
        let directory = Repository.path("Services/APIGateway/Public/console")
        let names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".js") }
        try await self.withSite { client in
            for name in names {
                #expect(try await client.execute(uri: "/console/\(name)", method: .get).status == .ok)
                let text = try String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)
                for match in text.matches(of: /from '\.\/([^']+)'/) { #expect(names.contains(String(match.1)), "\(name) imports \(match.1)") }
            }
        }
    }

    @Test("the whole console weighs at most 150 KB")
    func weight() async throws {
        let modules = try FileManager.default.contentsOfDirectory(atPath: Repository.path("Services/APIGateway/Public/console")).map { "/console/\($0)" }
        try await self.withSite { client in
            var bytes = 0
            for path in modules + ["/", "/console.css"] { bytes += try await client.execute(uri: path, method: .get).body.readableBytes }
            #expect(bytes <= 150_000)
        }
    }

    @Test("comments and indentation stay at home, line numbers and code do not change")
    func withoutComments() {
        let text = "// why\nconst a = 1; // kept\n/**\n * about b\n */\n  const b = 'http://x'; /* kept */\n"
        #expect(Site.withoutComments(text) == "\nconst a = 1; // kept\n\n\n\nconst b = 'http://x'; /* kept */\n")
    }

    @Test("no text of a script spans lines: its indentation would be lost")
    func templates() throws {
        let directory = Repository.path("Services/APIGateway/Public")
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(directory)/console").map { "console/\($0)" }
        for name in names {
            for line in try String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8).split(separator: "\n") {
                let code = line.drop { $0 == " " }
                guard !["//", "/*", "*"].contains(where: { code.hasPrefix($0) }) else { continue }
                #expect(code.count { $0 == "`" }.isMultiple(of: 2), "\(name): \(line)")
            }
        }
    }

    @Test("a site with a file missing is not served")
    func missing() {
        #expect(throws: (any Error).self) { try Site(directory: "/nowhere") }
    }
}
