/// What a span is in its trace; the numbers are those of `Span.SpanKind` in OpenTelemetry's trace.proto.
package enum SpanKind: UInt8, Sendable {
    case `internal` = 1
    case server = 2
    case client = 3
    case producer = 4
    case consumer = 5
}

/// A piece of work of one trace that has ended.
package struct EndedSpan: Sendable, Equatable {
    package var name: String
    package var kind: SpanKind
    package var context: TraceParent
    /// `tracestate` of the trace, as it came; empty for none.
    package var traceState = ""
    /// Id of the span this is a part of; 0 for the first of a trace.
    package var parent: UInt64
    /// Unix nanoseconds.
    package var start: UInt64
    package var end: UInt64 = 0
    package var attributes: [SpanAttribute] = []
    /// Spans this one has to do with that are not its parent: an attempt before it, the intents of a batch.
    package var links: [TraceParent] = []
    /// Why it failed, as one word (`error.type`); nil when it did not.
    package var error: String?

    package init(_ name: String, _ kind: SpanKind, _ context: TraceParent, parent: UInt64, start: UInt64) {
        self.name = name
        self.kind = kind
        self.context = context
        self.parent = parent
        self.start = start
    }
}
