package import Hummingbird
import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// The HTTP side of a service, as a part of its life.
///
/// Hummingbird's own `Application` listens on an address of its own and nowhere else. A service that can be replaced without a
/// client noticing has to accept from a socket that somebody else keeps open.
package struct ServiceServer: ApplicationProtocol {
    package typealias Responder = RouterResponder<AppContext>

    package let responder: Responder
    package let configuration: ApplicationConfiguration
    package let logger: Logger
    package let processesRunBeforeServerStart: [@Sendable () async throws -> Void]
    let http: HTTP1Channel.Configuration
    let listener: Listener
    let quick: (route: any QuickRoute, maxBodyBytes: Int, metrics: RequestMetrics, drain: Drain)?
    /// Told the port once connections are accepted.
    let serving: @Sendable (Int) async -> Void

    /// Where another server takes the place of this one, as in tests.
    @Sendable package func onServerRunning(_ channel: any Channel) async { await self.serving(channel.localAddress?.port ?? 0) }

    package func run() async throws {
        let (responder, logger, name) = (self.responder, self.logger, self.configuration.serverName)
        let dates = HTTPDate()
        let connections = HTTP1Channel(
            responder: { request, writer, channel in
                var response: Response
                do {
                    response = try await responder.respond(to: request, context: AppContext(source: .init(channel: channel, logger: logger)))
                } catch let error as HTTPParserError {
                    throw error
                } catch {
                    logger.debug("request without a response", metadata: ["error": "\(error)"])
                    response = Response(status: .internalServerError)
                }
                response.headers[.date] = dates.now
                if let name { response.headers[.server] = name }
                do {
                    try await writer.write(response: response.head, body: response.body)
                } catch is HTTPParserError {
                    // The response has begun: a second one, with status 400, would be taken for a part of it.
                    throw BrokenRequestBody()
                }
            },
            configuration: self.http
        )
        for process in self.processesRunBeforeServerStart { try await process() }
        let quick = self.quick.map {
            QuickRouteHandler.Shared(
                route: $0.route, maxBodyBytes: $0.maxBodyBytes, metrics: $0.metrics, drain: $0.drain, dates: dates, server: name)
        }
        try await self.listener.run(connections, quick, on: self.eventLoopGroup, logger: logger) { await self.serving($0) }
    }
}

private struct BrokenRequestBody: Error {}
