import HTTPFetch
import Ledger
import ServiceLifecycle
import ServiceRuntime

/// Callbacks as configured.
struct CallbackWorker {
    let policy: CallbackPolicy
    let services: [any Service]

    /// Nil without `CALLBACK_SECRET`.
    init?(ledger: Ledger, settings: Settings) throws(InvalidSetting) {
        self.policy = try CallbackPolicy(settings[GatewaySettings.callbackHosts])
        guard let secret = settings[GatewaySettings.callbackSecret] else { return nil }
        guard secret.utf8.count >= CallbackSignature.least else {
            throw InvalidSetting(key: "CALLBACK_SECRET", value: "***", allowed: "at least 16 characters")
        }
        let perHost = settings[GatewaySettings.callbackMaxPerHost]
        // One of its own: receivers that hang must not take the connections of the calls between services.
        let fetching = HTTPFetcher.Configuration(maxConnections: 128, maxConnectionsPerHost: perHost, userAgent: "nephoran-callback")
        let fetcher = HTTPFetcher(try fetching.trusting(GatewaySettings.callbackTrust, settings))
        // The secret as it is now; one that has become too short, or is gone, changes nothing.
        let signature = { @Sendable in
            CallbackSignature(secret: settings[GatewaySettings.callbackSecret].flatMap { $0.utf8.count >= CallbackSignature.least ? $0 : nil } ?? secret)
        }
        let stage = CallbackStage(
            ledger: ledger, fetcher: fetcher, policy: self.policy, signature: signature,
            hosts: CallbackHosts(limit: perHost, timeout: settings[GatewaySettings.callbackTimeout]), retryFor: settings[GatewaySettings.callbackRetryFor]
        )
        self.services = [fetcher, StageWorker(ledger: ledger, handler: stage)]
    }
}
