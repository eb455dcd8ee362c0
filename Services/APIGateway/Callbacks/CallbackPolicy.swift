import HTTPFetch
import ServiceRuntime

/// Where callbacks may go: `CALLBACK_ALLOWED_HOSTS`.
///
/// A caller names the address that the gateway connects to. Without a bound it could name what only the gateway reaches: the machine itself, its
/// neighbours, the metadata service of a cloud.
struct CallbackPolicy: Sendable {
    static let maxCharacters = 2_048

    private var names: Set<String> = []
    /// With the dot in front.
    private var suffixes: [String] = []
    private var ranges: [AddressRange] = []
    private var admitsPublic = false

    /// - Parameter entries: `public`, addresses and prefixes (`10.1.0.0/16`), names of hosts, and domains (`.example.com`) with all in them.
    init(_ entries: [String]) throws(InvalidSetting) {
        for entry in entries {
            let entry = entry.lowercased()
            if entry == "public" {
                self.admitsPublic = true
            } else if let range = AddressRange(entry) {
                self.ranges.append(range)
            } else if Self.isName(entry.hasPrefix(".") ? entry.dropFirst() : entry[...]) {
                if entry.hasPrefix(".") { self.suffixes.append(entry) } else { self.names.insert(entry) }
            } else {
                throw InvalidSetting(
                    key: "CALLBACK_ALLOWED_HOSTS", value: entry, allowed: "public, addresses, prefixes such as 10.1.0.0/16, host names and .domains")
            }
        }
    }

    /// A name that looks like an address is one to whoever connects to it.
    private static func isName(_ text: Substring) -> Bool {
        guard (1...253).contains(text.utf8.count), text.contains(where: { ("a"..."z").contains($0) }), !text.hasPrefix("0x") else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { IntentSubmission.isDNSLabel(String($0)) }
    }

    /// Whether this address may be connected to. ``FetchRequest/admits`` asks it about the address that the name has led to.
    func admits(_ address: IPAddress) -> Bool { (self.admitsPublic && address.isPublic) || self.ranges.contains { $0.contains(address) } }

    /// Named in the setting: trusted wherever it leads to.
    func names(_ host: String) -> Bool { self.names.contains(host) || self.suffixes.contains { host.hasSuffix($0) } }

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
