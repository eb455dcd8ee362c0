import LedgerRuntime
import ServiceRuntime

/// Everything oran-adaptor can be told from outside, besides what every service can.
enum ORANSettings {
    static let rics = SettingKey.string(
        "A1_URL", default: "", "Near-RT RICs: name=URL,…; a bare URL is named ric1. A URL may end with /A1-P/v2 or /a1-p; otherwise the RIC tells.")
    static let pms = SettingKey.url("A1_PMS_URL", "A1 Policy Management Service v3; its RICs are used besides those of A1_URL.")
    static let timeout = SettingKey.duration("HTTP_TIMEOUT", default: .seconds(5), in: .milliseconds(100)...(.seconds(300)), "Longest call of a RIC.")
    static let templates = SettingKey.optionalString(
        "A1_POLICY_TEMPLATES", "YAML file of RICs' own policy types that stand for standard ones; see docs/ran.md.")
    static let notify = SettingKey.url("A1_NOTIFY_URL", "This service as RICs reach it, for notifications of a policy's status; without it they are asked.")
    static let enforceWithin = SettingKey.duration(
        "A1_ENFORCE_WITHIN", default: .seconds(60), in: .seconds(1)...(.seconds(86_400)), "How long a RIC may say NOT_ENFORCED for no final reason.")
    static let driftInterval = SettingKey.duration(
        "A1_DRIFT_INTERVAL", default: .seconds(15), in: .milliseconds(100)...(.seconds(86_400)),
        "How often what RICs hold is compared with what they are to hold.")
    static let caFile = SettingKey.optionalString("A1_CA_FILE", "PEM file of the authorities RICs' certificates are from, instead of the system's.")
    static let certificate = SettingKey.optionalString("A1_CERTIFICATE_FILE", "PEM file of the certificate shown to RICs that ask for one.")
    static let key = SettingKey.optionalString("A1_KEY_FILE", "PEM file of its key.")
    static let keyPassword = SettingKey.secret("A1_KEY_PASSWORD", "Password of that key.")

    static let elements = SettingKey.optionalString("O1_ELEMENTS", "YAML file of the managed elements that are reached over NETCONF; see docs/ran.md.")

    static let declarations =
        LedgerSettings.declarations + ResilienceSettings.declarations + [
            rics.declaration, pms.declaration, timeout.declaration, templates.declaration, notify.declaration, enforceWithin.declaration,
            driftInterval.declaration, caFile.declaration, certificate.declaration, key.declaration, keyPassword.declaration, elements.declaration,
        ]
}
