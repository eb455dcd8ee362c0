import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import JSONSchema
import ServiceRuntime

/// The VES Event Listener 7.2: `/eventListener/v7` and its batch. 202 says that the events are taken down. One event of a batch that is none
/// refuses the batch whole. Without the ledger the answer is 503, and the events before are taken: sent again, the batch changes nothing twice.
struct EventController: Sendable {
    /// Of the listener, over Basic.
    struct Credentials: Sendable {
        let user: String
        let password: String
    }

    let format: CommonEventFormat
    let listener: EventListener
    /// Asked for each request; nil leaves it to the keys of the other routes.
    let credentials: (@Sendable () -> Credentials?)?
    private static let maxBytes = 1 << 20
    private static let maxEvents = 1_000

    /// Mounted at `/eventListener/v7`.
    var routes: RouteCollection<AppContext> {
        let routes = RouteCollection(context: AppContext.self)
        routes.post("") { request, _ in try await self.answer(request) { $0["event"].map { [$0] } } }
        routes.post("eventBatch") { request, _ in try await self.answer(request) { $0["eventList"]?.array } }
        return routes
    }

    private func answer(_ request: Request, _ events: (JSONValue) -> [JSONValue]?) async throws -> Response {
        guard self.isLetIn(request.headers[.authorization]) else {
            // Thrown, so that it is counted, written down and slowed like any other wrong key.
            var problem = ProblemError(
                .unauthorized, code: "unauthorized", detail: "A user and a password are expected.", headers: Self.versions)
            problem.headers[.wwwAuthenticate] = "Basic realm=\"ves\""
            problem.refusal = "no user and password of an event listener's"
            problem.body = Self.exception(policy: true, "POL0001", "A user and a password are expected", [])
            throw problem
        }
        let bytes: [UInt8]
        do {
            bytes = Array(buffer: try await request.body.collect(upTo: Self.maxBytes))
        } catch {
            return Self.refusal(.contentTooLarge, policy: true, "POL2000", "The message is larger than %1 bytes", ["\(Self.maxBytes)"])
        }
        guard let value = try? JSONValue(parsing: bytes) else {
            return Self.refusal(.badRequest, "SVC0002", "Invalid input value for message part %1", ["JSON"])
        }
        guard let events = events(value), !events.isEmpty, value.object?.count == 1 else {
            return Self.refusal(.badRequest, "SVC0002", "Invalid input value for message part %1", ["event or eventList, and nothing else, is expected"])
        }
        guard events.count <= Self.maxEvents else { return Self.refusal(.badRequest, policy: true, "POL2000", "More than %1 events", ["\(Self.maxEvents)"]) }
        var read: [CommonEvent] = []
        for (index, event) in events.enumerated() {
            do throws(CommonEvent.Invalid) {
                read.append(try CommonEvent(event, self.format))
            } catch {
                let place = events.count > 1 ? "event \(index): " : ""
                return Self.refusal(.badRequest, "SVC0002", "Invalid input value for message part %1", [place + error.description])
            }
        }
        for event in read { try await self.listener.take(event) }
        return Response(status: .accepted, headers: Self.versions)
    }

    private func isLetIn(_ authorization: String?) -> Bool {
        guard let current = self.credentials else { return true }
        guard let credentials = current(), let authorization, authorization.lowercased().hasPrefix("basic "),
            let given = Data(base64Encoded: String(authorization.dropFirst(6)))
        else {
            return false
        }
        // Compared in equal time, whatever is right of it.
        let key = SymmetricKey(size: .bits256)
        let wanted = Data("\(credentials.user):\(credentials.password)".utf8)
        return HMAC<SHA256>.isValidAuthenticationCode(HMAC<SHA256>.authenticationCode(for: wanted, using: key), authenticating: given, using: key)
    }

    private static let versions: HTTPFields = {
        var fields = HTTPFields()
        for (name, value) in [("X-MinorVersion", "2"), ("X-PatchVersion", "1"), ("X-LatestVersion", "7.2.1")] {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }()

    /// As the listener's specification has it, §6.2.6.
    private static func refusal(
        _ status: HTTPResponse.Status, policy isPolicy: Bool = false, _ id: String, _ text: String, _ variables: [String]
    ) -> Response {
        var headers = Self.versions
        headers[.contentType] = "application/json"
        let body = Self.exception(policy: isPolicy, id, text, variables)
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    private static func exception(policy isPolicy: Bool, _ id: String, _ text: String, _ variables: [String]) -> [UInt8] {
        let exception: JSONValue = ["messageId": .string(id), "text": .string(text), "variables": .array(variables.map { .string(String($0.prefix(500))) })]
        let body: JSONValue = ["requestError": [isPolicy ? "policyException" : "serviceException": exception]]
        return Array(body.text.utf8)
    }
}
