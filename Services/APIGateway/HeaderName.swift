import HTTPTypes

/// Header names the library has no constant for, made once.
enum HeaderName {
    static let prefer = name("prefer")
    static let preferenceApplied = name("preference-applied")
    static let idempotencyKey = name("idempotency-key")
    static let lastEventID = name("last-event-id")
    /// draft-ietf-httpapi-ratelimit-headers.
    static let rateLimit = name("ratelimit-limit")
    static let rateRemaining = name("ratelimit-remaining")
    static let rateReset = name("ratelimit-reset")
    /// `true` takes the preview path, see docs/deployment.md.
    static let canary = name("canary")
    static let maintenance = name("nephoran-maintenance")
    /// What operators say of it.
    static let notice = name("nephoran-notice")

    /// A literal that is no header name would be caught by every test.
    private static func name(_ text: String) -> HTTPField.Name { HTTPField.Name(text) ?? .age }
}
