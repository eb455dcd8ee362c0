import Foundation
package import HTTPTypes
import Hummingbird
import Synchronization

/// A receiver of callbacks on a loopback port that answers as told, by the number of the call; never, for nil.
package final class CallbackReceiver: Sendable {
    package struct Call: Sendable {
        package var path: String
        /// Names in lower case.
        package var headers: [String: String]
        package var body: [UInt8]
        package var answered: HTTPResponse.Status?

        package var event: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(self.body)) as? [String: Any]) ?? [:] }
    }

    private final class Log: Sendable {
        let calls = Mutex<[Call]>([])
    }

    private let log: Log
    private let server: LoopbackServer

    /// - Parameter location: sent with every answer.
    package static func start(location: String? = nil, _ answer: @escaping @Sendable (Int) -> HTTPResponse.Status?) async throws -> CallbackReceiver {
        let log = Log()
        let router = Router(context: BasicRequestContext.self)
        @Sendable func receive(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
            let body = Array(try await request.body.collect(upTo: 1 << 20).readableBytesView)
            var headers: [String: String] = [:]
            for field in request.headers { headers[field.name.canonicalName] = field.value }
            let call = Call(path: request.uri.description, headers: headers, body: body, answered: nil)
            let status = log.calls.withLock { calls in
                let status = answer(calls.count + 1)
                calls.append(call)
                calls[calls.count - 1].answered = status
                return status
            }
            guard let status else {
                try await Task.sleep(for: .seconds(3_600))
                return Response(status: .ok)
            }
            return Response(status: status, headers: location.map { [.location: $0] } ?? [:])
        }
        router.post("/", use: receive)
        router.post("/hook", use: receive)
        return CallbackReceiver(log: log, server: try await LoopbackServer.start(router))
    }

    private init(log: Log, server: LoopbackServer) {
        self.log = log
        self.server = server
    }

    package var url: String { self.server.url }
    package var port: Int { self.server.port }
    package var calls: [Call] { self.log.calls.withLock { $0 } }
    package func stop() async { await self.server.stop() }
}
