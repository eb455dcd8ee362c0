import HTTPTypes
package import Hummingbird
package import Telemetry

/// Knows who a bearer key belongs to.
package struct TokenAuthenticator: Sendable {
    private let keys: [APIKey]
    private let isOff: Bool
    private let succeeded: PrometheusCounter
    private let failed: PrometheusCounter

    package init(keys: [APIKey], isOff: Bool = false, metrics: PrometheusRegistry = PrometheusRegistry()) {
        self.keys = keys
        self.isOff = isOff
        self.succeeded = metrics.counter(MetricName.authenticationAttempts, [("result", "success")])
        self.failed = metrics.counter(MetricName.authenticationAttempts, [("result", "failure")])
    }

    /// From `AUTH_MODE`, `AUTH_TOKEN` and `AUTH_KEYS_FILE`. `off` is refused unless `HOST` is a loopback address.
    package init(settings: Settings, metrics: PrometheusRegistry) throws(InvalidSetting) {
        let isOff = settings[CommonSettings.authMode] == "off"
        if isOff, !LoopbackAddress.contains(settings[CommonSettings.host]) {
            throw InvalidSetting(key: "AUTH_MODE", value: "off", allowed: "token, because HOST \(settings[CommonSettings.host]) is not a loopback address")
        }
        var keys: [APIKey] = []
        if let token = settings[CommonSettings.authToken] {
            keys.append(APIKey(hash: KeyHash(of: token), principal: Principal(name: "token", tenant: "default", scopes: Set(Scope.allCases))))
        }
        if let path = settings[CommonSettings.authKeysFile] { keys += try KeyFile(path: path).keys }
        self.init(keys: keys, isOff: isOff, metrics: metrics)
    }

    /// The principal of `Authorization: Bearer …`. Throws 401 `unauthorized` without a key that is known.
    package func authenticate(_ headers: HTTPFields) throws -> Principal {
        if self.isOff { return .anonymous }
        guard let header = headers[.authorization], header.utf8.count > 7, header.prefix(7).lowercased() == "bearer " else {
            throw self.refusal("Send a key: Authorization: Bearer ….")
        }
        guard let principal = self.principal(of: header.dropFirst(7)) else { throw self.refusal("The key is not known.") }
        self.succeeded.increment()
        return principal
    }

    /// Compares with every key, so that the time tells nothing.
    package func principal(of key: some StringProtocol) -> Principal? {
        let hash = KeyHash(of: key)
        var found: Principal?
        for key in self.keys where key.hash == hash { found = key.principal }
        return found
    }

    private func refusal(_ detail: String) -> ProblemError {
        self.failed.increment()
        return ProblemError(.unauthorized, code: "unauthorized", detail: detail, headers: [.wwwAuthenticate: "Bearer realm=\"nephoran\""])
    }

    /// For a group of routes: everybody needs a key with this scope.
    package func requires(_ scope: Scope) -> BearerKeyMiddleware { BearerKeyMiddleware(authenticator: self, scope: scope, sparesLocal: false) }

    /// For operators' routes: a key with this scope, or a caller on this machine itself.
    package func requiresUnlessLocal(_ scope: Scope) -> BearerKeyMiddleware { BearerKeyMiddleware(authenticator: self, scope: scope, sparesLocal: true) }
}
