/// `ExportTraceServiceRequest` of OTLP 1.x (opentelemetry-proto: collector/trace/v1, trace/v1, common/v1, resource/v1), whose field numbers these are.
package struct OTLPTraces: Sendable {
    /// Where it goes, below the endpoint.
    package static let path = "/v1/traces"
    package static let contentType = "application/x-protobuf"

    private let resource: [SpanAttribute]
    private let version: String

    /// - Parameters:
    ///   - resource: what all spans share: `service.name` and the like.
    ///   - version: of this program.
    package init(resource: [SpanAttribute], version: String) {
        self.resource = resource
        self.version = version
    }

    package func encode(_ spans: [EndedSpan]) -> [UInt8] {
        var request = ProtobufWriter()
        request.message(1) { resourceSpans in
            resourceSpans.message(1) { resource in for attribute in self.resource { Self.append(attribute, as: 1, to: &resource) } }
            resourceSpans.message(2) { scopeSpans in
                scopeSpans.message(1) { scope in
                    scope.text(1, "nephoran")
                    scope.text(2, self.version)
                }
                for span in spans { scopeSpans.message(2) { Self.append(span, to: &$0) } }
            }
        }
        return request.bytes
    }

    private static func append(_ span: EndedSpan, to writer: inout ProtobufWriter) {
        writer.id(1, span.context.traceHigh, span.context.traceLow)
        writer.id(2, span.context.span)
        if !span.traceState.isEmpty { writer.text(3, span.traceState) }
        if span.parent != 0 { writer.id(4, span.parent) }
        writer.text(5, span.name)
        writer.whole(6, UInt64(span.kind.rawValue))
        writer.fixed64(7, span.start)
        writer.fixed64(8, span.end)
        for attribute in span.attributes { self.append(attribute, as: 9, to: &writer) }
        if let error = span.error { self.append(SpanAttribute("error.type", error), as: 9, to: &writer) }
        for link in span.links {
            writer.message(13) { message in
                message.id(1, link.traceHigh, link.traceLow)
                message.id(2, link.span)
                message.fixed32(6, link.isSampled ? 1 : 0)
            }
        }
        // STATUS_CODE_ERROR; what went well is left unset, as the conventions have it.
        if span.error != nil { writer.message(15) { $0.whole(3, 2) } }
        writer.fixed32(16, span.context.isSampled ? 1 : 0)
    }

    private static func append(_ attribute: SpanAttribute, as field: UInt64, to writer: inout ProtobufWriter) {
        writer.message(field) { pair in
            pair.text(1, attribute.key)
            pair.message(2) { value in
                switch attribute.value {
                case .text(let text): value.text(1, text)
                case .flag(let flag): value.whole(2, flag ? 1 : 0)
                case .whole(let whole): value.whole(3, UInt64(bitPattern: whole))
                case .number(let number): value.fixed64(4, number.bitPattern)
                }
            }
        }
    }
}
