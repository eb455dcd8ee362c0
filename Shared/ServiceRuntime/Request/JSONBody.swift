package import Hummingbird
import HTTPTypes
import NIOCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads a JSON body strictly: its type, its size, its encoding, and a pointer to what is wrong with it.
package enum JSONBody {
    private static let decoder = JSONDecoder()

    /// - Parameters:
    ///   - limit: bytes; a longer body is 413.
    ///   - mediaTypes: other types to take besides `application/json` and `application/…+json`.
    ///   - allowsNoContentType: take a body whose type is not said.
    /// - Throws: ``ProblemError`` with `unsupported_media_type`, `body_too_large`, `empty_body`, `invalid_utf8`, `bad_json` or `invalid_body`.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from request: Request, context: AppContext, limit: Int = 1 << 20, mediaTypes: Set<String> = [], allowsNoContentType: Bool = false
    ) async throws -> Value {
        try self.decode(
            type, from: try await self.bytes(of: request, limit: limit, mediaTypes: mediaTypes, allowsNoContentType: allowsNoContentType)
        )
    }

    /// The body as it is, after the checks of its type, size and encoding. For bodies that are forwarded or decoded by hand.
    package static func bytes(
        of request: Request, limit: Int = 1 << 20, mediaTypes: Set<String> = [], allowsNoContentType: Bool = false
    ) async throws -> ByteBuffer {
        try self.checkType(of: request, mediaTypes, allowsNone: allowsNoContentType)
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw self.tooLarge(limit) }
        let body: ByteBuffer
        do { body = try await request.body.collect(upTo: limit) } catch is NIOTooManyBytesError { throw self.tooLarge(limit) }
        guard body.readableBytes > 0 else { throw ProblemError(.badRequest, code: "empty_body", detail: "The body is empty; send JSON.") }
        guard body.readableBytesView.withUnsafeBytes({ String(validating: $0, as: UTF8.self) != nil }) else {
            throw ProblemError(.badRequest, code: "invalid_utf8", detail: "The body is not valid UTF-8.")
        }
        try self.checkShape(of: body)
        return body
    }

    private static func checkShape(of body: ByteBuffer) throws {
        do throws(JSONShape.Fault) {
            // The rethrowing closure of a view cannot say what it throws.
            let result = body.readableBytesView.withUnsafeBytes { bytes -> JSONShape.Fault? in
                do throws(JSONShape.Fault) { try JSONShape.check(bytes) } catch { return error }
                return nil
            }
            if let result { throw result }
        } catch {
            let detail =
                switch error {
                case .tooDeep: "The body is nested more than \(JSONShape.maxDepth) levels deep."
                case .duplicateKey(let key): "The key \"\(key)\" is there twice in one object."
                }
            throw ProblemError(.badRequest, code: "bad_json", detail: detail)
        }
    }

    package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: ByteBuffer) throws -> Value {
        try bytes.readableBytesView.withUnsafeBytes { try self.decoder.decode(type, from: Data($0)) }
    }

    private static func tooLarge(_ limit: Int) -> ProblemError {
        ProblemError(.contentTooLarge, code: "body_too_large", detail: "The body is larger than \(limit) bytes.", headers: [.connection: "close"])
    }

    /// Throws `unsupported_media_type` unless the body is said to be JSON, or one of these, and not compressed.
    package static func checkType(of request: Request, _ others: Set<String> = [], allowsNone: Bool) throws {
        // Read as it is, a coded body would be nonsense, or, worse, one that was not coded after all.
        if let coding = request.headers[.contentEncoding]?.lowercased(), coding != "identity" {
            throw ProblemError(
                .unsupportedMediaType, code: "unsupported_media_type", detail: "The content coding \(coding.prefix(64)) is not taken; send the body as it is.",
                headers: [.acceptEncoding: "identity"])
        }
        guard let header = request.headers[.contentType] else {
            if allowsNone { return }
            throw ProblemError(.unsupportedMediaType, code: "unsupported_media_type", detail: "Send the body as application/json.")
        }
        if header == "application/json" { return }
        let parts = header.lowercased().split(separator: ";").map(\.trimmingSpaces)
        let type = parts.first ?? ""
        guard type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json")) || others.contains(String(type)) else {
            throw ProblemError(.unsupportedMediaType, code: "unsupported_media_type", detail: "\(type) is not taken; send application/json.")
        }
        for parameter in parts.dropFirst() where parameter.hasPrefix("charset=") {
            let charset = parameter.dropFirst(8).filter { $0 != "\"" }
            guard charset == "utf-8" || charset == "us-ascii" else {
                throw ProblemError(.unsupportedMediaType, code: "unsupported_media_type", detail: "The character set \(charset) is not taken; send UTF-8.")
            }
        }
    }
}
