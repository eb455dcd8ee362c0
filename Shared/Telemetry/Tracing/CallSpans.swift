import Synchronization

/// The client spans of one HTTP call: one for each attempt, linked to the attempt before it (semantic conventions for HTTP spans).
package final class CallSpans: Sendable {
    private let parent: TraceParent
    private let traceState: String
    private let name: String
    private let attributes: [SpanAttribute]
    private let last = Mutex<(count: Int, context: TraceParent?)>((0, nil))

    /// Nil unless the work under way is of a trace that is recorded.
    ///
    /// - Parameters:
    ///   - url: of it, the host and port are told.
    ///   - template: what stands for the path, with names for what varies.
    ///   - name: instead of method and template.
    package init?(_ method: String, url: @autoclosure () -> String, template: String? = nil, name: String? = nil, _ more: [SpanAttribute] = []) {
        guard Tracer.shared.isOn, let current = Correlation.current, let trace = current.trace, trace.isSampled else { return nil }
        self.parent = trace
        self.traceState = current.traceState
        self.name = name ?? template.map { "\(method) \($0)" } ?? method
        var attributes = [SpanAttribute("http.request.method", method)]
        if let template { attributes.append(SpanAttribute("url.template", template)) }
        self.attributes = attributes + Self.server(url()) + more
    }

    package func attempt() -> LiveSpan? {
        guard let span = Tracer.shared.begin(self.name, .client, under: self.parent, traceState: self.traceState) else { return nil }
        for attribute in self.attributes { span.set(attribute.key, attribute.value) }
        let before = self.last.withLock { last in
            defer { last = (last.count + 1, span.context) }
            return last
        }
        if let earlier = before.context {
            span.set("http.request.resend_count", before.count)
            span.link(earlier)
        }
        return span
    }

    /// `server.address` and `server.port` of an absolute URL.
    static func server(_ url: String) -> [SpanAttribute] {
        guard let scheme = url.firstRange(of: "://") else { return [] }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        // Credentials, where somebody put them into an address, are nobody's business.
        let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        let standard = url.hasPrefix("https") ? 443 : 80
        guard let colon = place.lastIndex(of: ":"), place.last != "]", let port = Int(place[place.index(after: colon)...]) else {
            return [SpanAttribute("server.address", String(place)), SpanAttribute("server.port", standard)]
        }
        return [SpanAttribute("server.address", String(place[..<colon])), SpanAttribute("server.port", port)]
    }
}

extension LiveSpan {
    /// Ends a client span with the answer's status; 4xx and 5xx are errors to who asked.
    package func end(status: Int) {
        self.set("http.response.status_code", status)
        if status >= 400 { self.fail("\(status)") }
        self.end()
    }

    /// - Parameter failure: one word of few.
    package func end(failure: String) {
        self.fail(failure)
        self.end()
    }
}
