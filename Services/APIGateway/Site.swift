import Foundation
import HTTPTypes
import Hummingbird
import ServiceRuntime

/// The console, the specification and its page: some dozens of small files, read and compressed once.
struct Site: Sendable {
    private struct Page: Sendable {
        var path: String
        var type: String
        var plain: Variant
        var gzip: Variant
    }

    /// A page in one coding. Its tag is its own (RFC 9110 §8.8.3.3).
    private struct Variant: Sendable {
        var body: ByteBuffer
        var etag: String
    }

    private let pages: [Page]

    /// Nothing from elsewhere is loaded, framed or sent to.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// A page tells nobody where it was left for, shares its window with nobody, and asks for nothing of the device.
    private static let closing: [(HTTPField.Name, String)] = [
        ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"), ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }

    /// The paths that are served.
    var paths: [String] { self.pages.map(\.path) }

    /// - Throws: when a file of the site is missing or the specification is not YAML.
    init(directory: String) throws {
        func read(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(name)")) }
        let files = [
            ("/", "index.html", "text/html; charset=utf-8"), ("/console.css", "console.css", "text/css; charset=utf-8"),
            ("/docs", "docs.html", "text/html; charset=utf-8"), ("/docs.js", "docs.js", "text/javascript; charset=utf-8"),
            ("/docs.css", "docs.css", "text/css; charset=utf-8"),
            ("/openapi.yaml", "openapi.yaml", "application/yaml"),
        ]
        let modules = try FileManager.default.contentsOfDirectory(atPath: "\(directory)/console").filter { $0.hasSuffix(".js") }.sorted()
        self.pages =
            try (files + modules.map { ("/console/\($0)", "console/\($0)", "text/javascript; charset=utf-8") }).map { path, name, type in
                let data = try read(name)
                // YAML means something by its indentation.
                if name.hasSuffix(".yaml") { return try Self.page(path, type, Array(data)) }
                let code = Self.withoutComments(String(decoding: data, as: UTF8.self))
                return try Self.page(path, type, Array((name.hasSuffix(".css") ? Self.closed(code) : code).utf8))
            } + [
                Self.page(
                    "/openapi.json", "application/json", SpecificationJSON.bytes(ofYAML: String(decoding: read("openapi.yaml"), as: UTF8.self)))
            ]
    }

    private static func page(_ path: String, _ type: String, _ bytes: [UInt8]) throws -> Page {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let tag = String(hash, radix: 16)
        return Page(
            path: path, type: type, plain: Variant(body: ByteBuffer(bytes: bytes), etag: "\"\(tag)\""),
            gzip: Variant(body: ByteBuffer(bytes: try Gzip.compress(bytes)), etag: "\"\(tag)-gzip\""))
    }

    /// A script, style sheet or page without the comments that have lines of their own, and without indentation: a seventh of the weight.
    /// Lines stay where they are, so that an error names the line of the source. No text of these files spans lines.
    static func withoutComments(_ text: String) -> String {
        var isInside = false
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> Substring in
            let line = line.drop { $0 == " " }
            if isInside || line.hasPrefix("/*") {
                isInside = !line.contains("*/")
                return ""
            }
            return line.hasPrefix("//") ? "" : line
        }
        return lines.joined(separator: "\n")
    }

    /// A style sheet without the spaces beside its signs; those that mean something, as in `a b` or `calc(1px + 2px)`, are others.
    static func closed(_ style: String) -> String {
        [(": ", ":"), (", ", ","), (" {", "{"), ("{ ", "{"), ("; ", ";"), (" }", "}"), (";}", "}")].reduce(style) { $0.replacing($1.0, with: $1.1) }
    }

    /// RFC 9110 §13.1.2: a list of tags, weak ones too, or any.
    static func matches(_ header: String?, _ etag: String) -> Bool {
        guard let header else { return false }
        return header.split(separator: ",").contains { part in
            let tag = part.filter { $0 != " " && $0 != "\t" }
            return tag == "*" || tag == etag || tag == "W/" + etag
        }
    }

    func addRoutes(to router: some RouterMethods<AppContext>) {
        for page in self.pages {
            router.get(RouterPath(page.path)) { request, _ in
                let isGzip = Gzip.isAccepted(by: request.headers[.acceptEncoding])
                let variant = isGzip ? page.gzip : page.plain
                var headers: HTTPFields = [
                    .contentType: page.type, .eTag: variant.etag, .cacheControl: "no-cache", .vary: "accept-encoding", .xContentTypeOptions: "nosniff",
                ]
                headers[.contentSecurityPolicy] = Self.policy
                for (name, value) in Self.closing { headers[name] = value }
                if Self.matches(request.headers[.ifNoneMatch], variant.etag) { return Response(status: .notModified, headers: headers) }
                if isGzip { headers[.contentEncoding] = "gzip" }
                return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: variant.body))
            }
        }
    }
}
