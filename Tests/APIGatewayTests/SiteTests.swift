import CZlib
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Resilience
import ServiceRuntime
import Testing
import Yams

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
            for (name, value) in [("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin")] {
                #expect(response.headers[try #require(HTTPField.Name(name))] == value)
            }
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

    @Test("compressed for who takes it, and tagged as something else than the plain page", arguments: pages.map(\.0))
    func gzip(_ path: String) async throws {
        try await self.withSite { client in
            let plain = try await client.execute(uri: path, method: .get)
            let small = try await client.execute(uri: path, method: .get, headers: [.acceptEncoding: "br, gzip;q=0.8"])
            #expect(plain.headers[.contentEncoding] == nil && small.headers[.contentEncoding] == "gzip")
            #expect(plain.headers[.vary] == "accept-encoding" && small.headers[.vary] == "accept-encoding")
            #expect(small.body.readableBytes < plain.body.readableBytes)
            #expect(try Self.inflated(Array(small.body.readableBytesView)) == Array(plain.body.readableBytesView))

            let (its, other) = (try #require(small.headers[.eTag]), try #require(plain.headers[.eTag]))
            #expect(its != other && small.headers[.contentType] == plain.headers[.contentType])
            let known = try await client.execute(uri: path, method: .get, headers: [.acceptEncoding: "gzip", .ifNoneMatch: its])
            #expect(known.status == .notModified && known.headers[.eTag] == its && known.headers[.vary] == "accept-encoding")
            #expect(try await client.execute(uri: path, method: .get, headers: [.acceptEncoding: "gzip", .ifNoneMatch: other]).status == .ok)
        }
    }

    @Test(
        "gzip is sent to who says so, and to nobody else",
        arguments: [
            (nil, false), ("", false), ("gzip", true), ("GZIP", true), ("x-gzip", true), ("deflate, gzip;q=1.0", true), ("*", true), ("gzip;q=0", false),
            ("gzip; q=0.000, *", false), ("*;q=0", false), ("*;q=0, gzip;q=0.1", true), ("identity", false), ("br", false), ("gzip;q=x", false),
        ] as [(String?, Bool)])
    func acceptsGzip(_ header: String?, _ isAccepted: Bool) {
        #expect(Gzip.isAccepted(by: header) == isAccepted)
    }

    private static func inflated(_ bytes: [UInt8]) throws -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 4 << 20)
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        try #require(inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK)
        defer { inflateEnd(stream) }
        let code = bytes.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = uInt(input.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = uInt(output.count)
                return inflate(stream, Z_FINISH)
            }
        }
        try #require(code == Z_STREAM_END && Int(stream.pointee.total_in) == bytes.count)
        return Array(output.prefix(Int(stream.pointee.total_out)))
    }

    @Test("what the site serves and its scripts ask for has a way in through the Ingress")
    func ingress() throws {
        let document = try String(contentsOfFile: Repository.path("deploy/base/ingress.yaml"), encoding: .utf8)
        let resources = try Yams.load_all(yaml: document).compactMap { $0 as? [String: Any] }
        let resource = try #require(resources.first { ($0["metadata"] as? [String: Any])?["name"] as? String == "api-gateway" })
        let rules = try #require((resource["spec"] as? [String: Any])?["rules"] as? [[String: Any]])
        let ways = try rules.flatMap { try #require(($0["http"] as? [String: Any])?["paths"] as? [[String: Any]]) }
            .map { (path: $0["path"] as? String ?? "", isPrefix: $0["pathType"] as? String == "Prefix") }
        func isLetIn(_ path: String) -> Bool { ways.contains { path == $0.path || ($0.isPrefix && path.hasPrefix($0.path + "/")) } }

        let directory = Repository.path("Services/APIGateway/Public")
        var asked = Set(try Site(directory: directory).paths)
        for name in try FileManager.default.contentsOfDirectory(atPath: "\(directory)/console").map({ "console/\($0)" }) + ["docs.js"] {
            let text = try String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)
            for match in text.matches(of: /[(\s,\['`](?:'|`)(\/[a-z][\w.\/-]*)/) { asked.insert(String(match.1)) }
        }
        #expect(asked.isSuperset(of: ["/health", "/v1/services", "/openapi.json", "/console/main.js"]) && !isLetIn("/metrics") && !isLetIn("/admin/log-level"))
        for path in asked.sorted() { #expect(isLetIn(path), "\(path)") }
    }

    @Test("the console knows what the values of a breaker's gauge mean")
    func breakers() throws {
        let text = try String(contentsOfFile: Repository.path("Services/APIGateway/Public/console/services.js"), encoding: .utf8)
        let names = CircuitBreaker.State.allCases.sorted { $0.rawValue < $1.rawValue }.map { "'\($0)'" }
        #expect(text.contains("const BREAKERS = [\(names.joined(separator: ", "))];"))
    }

    @Test("the specification is the same as JSON")
    func json() async throws {
        try await self.withSite { client in
            let body = try await client.execute(uri: "/openapi.json", method: .get).body
            let document = try #require(try JSONSerialization.jsonObject(with: Data(body.readableBytesView)) as? [String: Any])
            #expect(document["openapi"] as? String == "3.1.0" && (document["paths"] as? [String: Any])?["/v1/intents"] != nil)
        }
    }

    @Test("read without regular expressions, the specification is what Yams reads")
    func types() throws {
        let text = try String(contentsOfFile: Repository.path("Services/APIGateway/Public/openapi.yaml"), encoding: .utf8)
        let extra = "x: [1, -2.5, 1e3, true, no, null, ~, '1', \"true\", 3.1.0, 10.0.0.0/8, inf, .5, a b, 'it''s']\n"
        for yaml in [text, extra] {
            let plain = try #require(try Yams.load(yaml: yaml))
            let expected = try JSONSerialization.data(withJSONObject: plain, options: [.sortedKeys, .withoutEscapingSlashes])
            #expect(String(decoding: try SpecificationJSON.bytes(ofYAML: yaml), as: UTF8.self) == String(decoding: expected, as: UTF8.self))
        }
        #expect(throws: (any Error).self) { try SpecificationJSON.bytes(ofYAML: "a: &b 1\n? [c]\n: 2\n") }
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

    @Test("the whole console weighs at most 60 KB on the wire, and 150 KB unpacked")
    func weight() async throws {
        let modules = try FileManager.default.contentsOfDirectory(atPath: Repository.path("Services/APIGateway/Public/console")).map { "/console/\($0)" }
        try await self.withSite { client in
            var (bytes, sent) = (0, 0)
            for path in modules + ["/", "/console.css"] {
                bytes += try await client.execute(uri: path, method: .get).body.readableBytes
                sent += try await client.execute(uri: path, method: .get, headers: [.acceptEncoding: "gzip"]).body.readableBytes
            }
            #expect(bytes <= 150_000 && sent <= 60_000, "\(bytes) bytes, \(sent) on the wire")
        }
    }

    @Test("comments and indentation stay at home, line numbers and code do not change")
    func withoutComments() {
        let text = "// why\nconst a = 1; // kept\n/**\n * about b\n */\n  const b = 'http://x'; /* kept */\n"
        #expect(Site.withoutComments(text) == "\nconst a = 1; // kept\n\n\n\nconst b = 'http://x'; /* kept */\n")
    }

    @Test("a style sheet is sent without the spaces that mean nothing")
    func closed() {
        let style = "@media (max-width: 40rem) {\na:hover .b, .c > d { margin: calc(1px + 2px) 0; font: 1rem \"A B\", serif; }\n}\n"
        #expect(Site.closed(style) == "@media (max-width:40rem){\na:hover .b,.c > d{margin:calc(1px + 2px) 0;font:1rem \"A B\",serif}\n}\n")
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
