import LedgerRuntime
import ServiceRuntime

/// Everything oran-adaptor can be told from outside, besides what every service can.
enum ORANSettings {
    static let rics = SettingKey.string(
        "A1_URL", default: "", "Near-RT RICs: name=URL,…; a bare URL is named ric1. A URL may end with /A1-P/v2 or /a1-p; otherwise the RIC tells.")
    static let pms = SettingKey.url("A1_PMS_URL", "A1 Policy Management Service v3; its RICs are used besides those of A1_URL.")
    static let pmsWait = SettingKey.duration(
        "A1_PMS_WAIT", default: .seconds(60), in: .zero ... .seconds(3_600),
        "How long planning waits for a management service that has never named a RIC; after that it is for the RICs of A1_URL alone.")
    static let timeout = SettingKey.duration("HTTP_TIMEOUT", default: .seconds(5), in: .milliseconds(100)...(.seconds(300)), "Longest call of a RIC.")
    static let templates = SettingKey.optionalString(
        "A1_POLICY_TEMPLATES", "YAML file of RICs' own policy types that stand for standard ones; see docs/ran.md.")
    static let notify = SettingKey.url("A1_NOTIFY_URL", "This service as RICs reach it, for notifications of a policy's status; without it they are asked.")
    static let enforceWithin = SettingKey.duration(
        "A1_ENFORCE_WITHIN", default: .seconds(60), in: .seconds(1)...(.seconds(86_400)), "How long a RIC may say NOT_ENFORCED for no final reason.")
    static let driftInterval = SettingKey.duration(
        "A1_DRIFT_INTERVAL", default: .seconds(15), in: .milliseconds(100)...(.seconds(86_400)),
        "How often what RICs hold is compared with what they are to hold.")
    static let a1Trust = PeerTrust("A1", "certificates of RICs and of the management service are", showsCertificate: true)

    static let elements = SettingKey.optionalString("O1_ELEMENTS", "YAML file of the managed elements that are reached over NETCONF; see docs/ran.md.")
    static let elementInterval = SettingKey.duration(
        "O1_INTERVAL", default: .seconds(60), in: .milliseconds(100)...(.seconds(86_400)), "How often managed elements are looked at.")
    static let elementDrift = SettingKey.choice(
        "O1_DRIFT", default: "tell", of: ["tell", "restore"],
        "What is done where an element does not have what an intent configured: tell it, which degrades the intent, or also put it back.")
    static let elementEvents = SettingKey.flag(
        "O1_SUBSCRIBE", default: true, "Whether elements that can are asked to tell of changes of their configuration, in a session of its own each.")
    static let degrades = SettingKey.choice(
        "ALARM_DEGRADES", default: "CRITICAL", of: ["CRITICAL", "MAJOR", "MINOR", "WARNING", "none"],
        "Alarms of this severity and worse degrade the intents that configured the element.")
    static let vesUser = SettingKey.optionalString("VES_USERNAME", "User of the VES event listener, over Basic; without it a key with the scope admin.")
    static let vesPassword = SettingKey.secret("VES_PASSWORD", "Password of that user.")
    static let o2 = SettingKey.url("O2_URL", "The O-Cloud's O2 IMS: below it are /o2ims-infrastructureInventory and the others.")
    static let o2Token = SettingKey.secret("O2_TOKEN", "Bearer token shown to it.")
    static let o2Interval = SettingKey.duration(
        "O2_INTERVAL", default: .seconds(60), in: .milliseconds(100)...(.seconds(86_400)),
        "How often the O-Cloud's inventory is read; it is stale when it is three times as old.")
    static let o2Notify = SettingKey.url(
        "O2_NOTIFY_URL", "This service as the O-Cloud reaches it, for notifications of changes of its inventory; without it the inventory is only read.")
    static let o2Filter = SettingKey.optionalString("O2_SUBSCRIPTION_FILTER", "Filter of that subscription, as O2 writes it: (neq,objectType,…).")
    static let o2Trust = PeerTrust("O2", "the O-Cloud's certificate is", showsCertificate: true)
    static let e2Trust = PeerTrust("E2_MANAGER", "the E2 manager's certificate is", showsCertificate: true)
    static let e2Manager = SettingKey.url("E2_MANAGER_URL", "The E2 manager of the near-RT RIC, e.g. http://e2mgr:3800.")

    static let declarations =
        LedgerSettings.declarations + ResilienceSettings.declarations + [
            rics.declaration, pms.declaration, pmsWait.declaration, timeout.declaration, templates.declaration, notify.declaration, enforceWithin.declaration,
            driftInterval.declaration, elements.declaration,
            elementInterval.declaration, elementDrift.declaration, elementEvents.declaration, degrades.declaration, vesUser.declaration,
            vesPassword.declaration,
            o2.declaration, o2Token.declaration, o2Interval.declaration, o2Notify.declaration, o2Filter.declaration, e2Manager.declaration,
        ] + a1Trust.declarations + o2Trust.declarations + e2Trust.declarations
}
