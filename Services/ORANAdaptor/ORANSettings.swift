import LedgerRuntime
import ServiceRuntime

/// Everything oran-adaptor can be told from outside, besides what every service can.
enum ORANSettings {
    static let rics = SettingKey.string("A1_URL", default: "", "Near-RT RICs: name=URL,…; a bare URL is named ric1.")
    static let timeout = SettingKey.duration("HTTP_TIMEOUT", default: .seconds(5), in: .milliseconds(100)...(.seconds(300)), "Longest call of a RIC.")

    static let declarations = LedgerSettings.declarations + ResilienceSettings.declarations + [rics.declaration, timeout.declaration]
}
