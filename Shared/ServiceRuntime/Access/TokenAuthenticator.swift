package import AccessControl
import IntentModel
import HTTPTypes
package import Hummingbird
import Logging
package import Telemetry

/// Knows who a bearer key or a bearer token belongs to.
package struct TokenAuthenticator: Sendable {
    private let credentials: Credentials
    private let uses = KeyUses()
    private let isOff: Bool
    private let succeeded: PrometheusCounter
    private let failed: PrometheusCounter

    private init(_ credentials: Credentials, isOff: Bool, metrics: PrometheusRegistry) {
        self.credentials = credentials
        self.isOff = isOff
        self.succeeded = metrics.counter(MetricName.authenticationAttempts, [("result", "success")])
        self.failed = metrics.counter(MetricName.authenticationAttempts, [("result", "failure")])
    }

    package init(keys: [APIKey], metrics: PrometheusRegistry = PrometheusRegistry()) throws(AccessFault) {
        self.init(try Credentials(keys: keys, policy: try AccessPolicy.shipped()), isOff: false, metrics: metrics)
    }

    /// From ``AccessSettings``. `off` is refused unless `HOST` is a loopback address.
    package init(settings: Settings, metrics: PrometheusRegistry) throws(InvalidSetting) {
        let isOff = settings[AccessSettings.mode] == "off"
        if isOff, !LoopbackAddress.contains(settings[CommonSettings.host]) {
            throw InvalidSetting(key: "AUTH_MODE", value: "off", allowed: "token, because HOST \(settings[CommonSettings.host]) is not a loopback address")
        }
        let credentials = try Credentials.of(settings)
        self.init(credentials, isOff: isOff, metrics: metrics)
        settings.onReload { _ in
            do { try credentials.reload() } catch {
                Logger(label: "access").error("credentials not reloaded", metadata: ["error": .string("\(error)")])
            }
        }
    }

    /// Roles and tenants as they are now.
    package var policy: AccessPolicy { self.credentials.value.policy }

    /// What ``reload()`` reads.
    package var files: [String] { self.credentials.files }

    /// Reads keys, policy and the issuer's keys again. What is wrong with them changes nothing.
    package func reload() throws(InvalidSetting) { try self.credentials.reload() }

    /// The keys there are, and when each was last used here.
    package var keys: [(key: APIKey, lastUsed: Int64?)] { self.credentials.value.keys.map { ($0, self.uses[$0.name]) } }

    /// The principal of `Authorization: Bearer …`. Throws 401 `unauthorized` without a key or token that counts, and 503
    /// `issuer_unavailable` while the keys of the tokens' issuer cannot be read.
    package func authenticate(_ headers: HTTPFields) async throws -> Principal {
        if self.isOff { return .anonymous }
        guard let header = headers[.authorization], header.utf8.count > 7, header.prefix(7).lowercased() == "bearer " else {
            throw self.refusal("Send a key: Authorization: Bearer ….", "no key was sent")
        }
        let bearer = header.dropFirst(7)
        let current = self.credentials.value
        if let rules = self.credentials.rules, WebToken.isToken(bearer) {
            let principal = try await self.bearer(of: bearer, rules, current.policy)
            self.succeeded.increment()
            return principal
        }
        let now = Timestamp.now()
        switch current.ring.find(bearer, now: now) {
        case .somebody(let principal):
            self.uses.note(principal.name, at: now)
            self.succeeded.increment()
            return principal
        case .expired(let principal): throw self.refusal("The key has expired.", "the key \(principal.name) has expired", error: "invalid_token")
        case .nobody: throw self.refusal("The key is not known.", "the key is not known", error: "invalid_token")
        }
    }

    /// Whether authentication is off.
    var asksNobody: Bool { self.isOff }

    /// Whether services sign their calls of each other here: nobody is then believed for being on this machine.
    package var knowsServices: Bool { self.credentials.value.service != nil }

    /// What the service `caller` shows `callee` now; nil without a secret.
    package func serviceToken(from caller: String, to callee: String) -> String? {
        self.credentials.value.service?.token(from: caller, to: callee, now: Timestamp.now() / 1_000)
    }

    /// What the service `caller` shows `callee`: its signature, or the key that all have.
    package func bearer(of caller: String, to callee: String) -> String? { self.serviceToken(from: caller, to: callee) ?? self.token }

    /// The key that all services have, as it is now; nil without `AUTH_TOKEN`.
    package var token: String? { self.credentials.value.token }

    /// As ``authenticate(_:)``, and the other services of the installation, when they have signed their call of `service`.
    func authenticate(_ headers: HTTPFields, callOf service: String) async throws -> Principal {
        guard !self.isOff, let secret = self.credentials.value.service, let header = headers[.authorization], header.prefix(7).lowercased() == "bearer ",
            ServiceSecret.isToken(header.dropFirst(7))
        else { return try await self.authenticate(headers) }
        let caller: String
        do { caller = try secret.caller(of: header.dropFirst(7), callee: service, now: Timestamp.now() / 1_000) } catch { throw self.refusal(error) }
        self.succeeded.increment()
        return Principal(name: caller, tenant: Tenant.installation, scopes: Set(Scope.allCases), method: .service)
    }

    private func bearer(of text: Substring, _ rules: TokenRules, _ policy: AccessPolicy) async throws -> Principal {
        let token: WebToken
        do { token = try WebToken(text, maxBytes: rules.maxBytes, algorithms: rules.algorithms) } catch { throw self.refusal(error) }
        guard let source = self.credentials.source else { throw self.refusal(.unknownKey) }
        let keys: WebKeySet
        do { keys = try await source.keys(for: token) } catch {
            self.failed.increment()
            throw ProblemError(
                .serviceUnavailable, code: "issuer_unavailable", detail: "The keys of the tokens' issuer cannot be read now.", headers: [.retryAfter: "5"])
        }
        do { return try rules.principal(of: token, keys: keys, policy: policy, now: Double(Timestamp.now()) / 1_000) } catch { throw self.refusal(error) }
    }

    /// A caller learns that his token is no good and, where he can do something about it, why; the audit learns why.
    private func refusal(_ fault: WebToken.Fault) -> ProblemError {
        switch fault {
        case .expired, .early, .tooLong: self.refusal("T\(fault.rawValue.dropFirst()).", fault.rawValue, error: "invalid_token")
        default: self.refusal("The token is not accepted.", fault.rawValue, error: "invalid_token")
        }
    }

    private func refusal(_ detail: String, _ reason: String, error: String? = nil) -> ProblemError {
        self.failed.increment()
        var problem = ProblemError(
            .unauthorized, code: "unauthorized", detail: detail,
            headers: [.wwwAuthenticate: "Bearer realm=\"nephoran\"" + (error.map { ", error=\"\($0)\"" } ?? "")])
        problem.refusal = reason
        return problem
    }

    /// For a group of routes: everybody needs a key with this scope.
    package func requires(_ scope: Scope) -> BearerKeyMiddleware { BearerKeyMiddleware(authenticator: self, scope: scope, sparesLocal: .never) }
}
