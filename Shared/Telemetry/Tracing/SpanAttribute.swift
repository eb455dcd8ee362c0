/// A value of a span's attribute (OpenTelemetry's `AnyValue`, of which these are the kinds in use).
package enum SpanValue: Sendable, Equatable {
    case text(String)
    case whole(Int64)
    case number(Double)
    case flag(Bool)
}

/// What a span says of its work, under a name of OpenTelemetry's semantic conventions or, where they have none, below `nephoran.`.
///
/// Attributes leave the installation: never what a person wrote, who it was, an address with a query, or a secret.
package struct SpanAttribute: Sendable, Equatable {
    package let key: String
    package let value: SpanValue

    package init(_ key: String, _ value: SpanValue) {
        self.key = key
        self.value = value
    }

    package init(_ key: String, _ text: String) { self.init(key, .text(text)) }
    package init(_ key: String, _ whole: Int) { self.init(key, .whole(Int64(whole))) }
}
