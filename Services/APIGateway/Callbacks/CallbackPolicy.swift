import HTTPFetch
import ServiceRuntime

/// Where callbacks may go: `CALLBACK_ALLOWED_HOSTS`.
///
/// A caller names the address that the gateway connects to. Without a bound it could name what only the gateway reaches: the machine itself, its
/// neighbours, the metadata service of a cloud.
struct CallbackPolicy: Sendable {
    static let maxCharacters = 2_048

    private let list: AddressList

    /// - Parameter entries: see ``AddressList``.
    init(_ entries: [String]) throws(InvalidSetting) {
        do { self.list = try AddressList(entries) } catch {
            throw InvalidSetting(key: "CALLBACK_ALLOWED_HOSTS", value: error.entry, allowed: AddressList.rule)
        }
    }

    /// Whether this address may be connected to. ``FetchRequest/admits`` asks it about the address that the name has led to.
    func admits(_ address: IPAddress) -> Bool { self.list.admits(address) }

    /// Named in the setting: trusted wherever it leads to, but for where no name ought to lead (``IPAddress/isReserved``).
    func names(_ host: String) -> Bool { self.list.names(host) }

    /// What is wrong with an address that somebody wants to be called at; nil when nothing is. A name is looked up only when it is called.
    func fault(_ text: String) -> String? {
        guard text.unicodeScalars.count <= Self.maxCharacters else { return "must have at most \(Self.maxCharacters) characters" }
        let url: FetchURL
        do throws(FetchError) {
            url = try FetchURL(text)
        } catch {
            guard case .invalid(let reason) = error else { return "must be an http or https URL" }
            return "must be an http or https URL: \(reason)"
        }
        if self.names(url.host) { return nil }
        let isLocalName = url.host == "localhost" || url.host.hasSuffix(".localhost")
        if isLocalName || IPAddress(url.host).map({ !self.admits($0) }) ?? false {
            return "may not lead there; the operator's CALLBACK_ALLOWED_HOSTS says where"
        }
        return nil
    }
}
