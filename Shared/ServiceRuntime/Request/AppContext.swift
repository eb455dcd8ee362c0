package import AccessControl
import IntentModel
package import HTTPTypes
package import Hummingbird
package import NIOCore
package import Telemetry

/// What a request carries from middleware to handler.
package struct AppContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Who asks, once a ``BearerKeyMiddleware`` has seen to it.
    package var principal: Principal?
    /// This service's span of the caller's trace, or of a new one.
    package var trace: TraceParent
    /// When nobody waits any more: Unix time in milliseconds, as the caller said.
    package var deadline: Int64?
    private let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.channel = source.channel
        self.trace = TraceParent(traceHigh: 0, traceLow: 0, span: 0, isSampled: false)
    }

    package var remoteAddress: SocketAddress? { self.channel.remoteAddress }

    /// Whether the caller is on this machine itself: connected over loopback or a local socket, not through a proxy and not
    /// by a page in a browser.
    package func isLocal(_ request: Request) -> Bool {
        let headers = request.headers
        guard headers[.forwarded] == nil, headers[.xForwardedFor] == nil, headers[.origin] == nil, headers[.secFetchSite] == nil else { return false }
        switch self.remoteAddress {
        case .unixDomainSocket: return true
        case .some(let address): return LoopbackAddress.contains(address.ipAddress ?? "")
        case nil: return false
        }
    }

    /// Time left until the deadline; nil without one.
    package var timeLeft: Duration? { self.deadline.map { .milliseconds(max(0, $0 - Timestamp.now())) } }
}

extension HTTPField.Name {
    package static var forwarded: Self { Names.forwarded }
    package static var xForwardedFor: Self { Names.xForwardedFor }
    package static var secFetchSite: Self { Names.secFetchSite }
    package static var deadline: Self { Names.deadline }
    package static var traceState: Self { Names.traceState }

    /// Made once; a literal that is no header name would be caught by every test.
    private enum Names {
        static let forwarded = name("forwarded")
        static let xForwardedFor = name("x-forwarded-for")
        static let secFetchSite = name("sec-fetch-site")
        static let deadline = name(Correlation.deadlineHeader)
        static let traceState = name("tracestate")

        private static func name(_ text: String) -> HTTPField.Name { HTTPField.Name(text) ?? .userAgent }
    }
}
