/// An error as the caller sees it, RFC 9457 `application/problem+json`.
package struct Problem: Codable, Sendable, Equatable, Error {
    package struct Item: Codable, Sendable, Equatable {
        /// RFC 6901 JSON pointer into the request body.
        package var pointer: String
        package var detail: String

        package init(pointer: String, detail: String) {
            self.pointer = pointer
            self.detail = detail
        }
    }

    package var type: String
    package var title: String
    package var status: Int
    package var detail: String
    package var instance: String?
    /// Stable, documented in `docs/errors.md`.
    package var code: String
    package var errors: [Item]?

    package init(status: Int, code: String, title: String, detail: String, instance: String? = nil, errors: [Item]? = nil) {
        self.type = "urn:nephoran:problem:\(code)"
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.code = code
        self.errors = errors
    }
}
