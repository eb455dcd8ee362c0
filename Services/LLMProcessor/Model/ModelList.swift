import Foundation
import ServiceRuntime
import Telemetry
import Yams

/// Providers asked after the first one, in their order: a YAML file, so that each can have its own address, key and limits.
///
/// ```yaml
/// providers:
///   - {name: backup, baseURL: "https://models.example.org/v1", model: small-2, apiKeyFile: /run/secrets/backup, timeout: 5s, maxConcurrent: 20}
/// ```
struct ModelList: Sendable {
    struct Provider: Sendable {
        var settings: ModelSettings
        var maxConcurrent: Int
    }

    var providers: [Provider]
    /// The keys of those that have one, to be read again.
    private(set) var keys: [FileValue<String>] = []

    private static let members: Set<String> = ["name", "baseURL", "model", "apiKeyFile", "timeout", "maxConcurrent", "maxTokens", "batching", "streaming"]

    /// - Parameter first: what a provider takes over that does not say otherwise.
    init(path: String, first: Provider, batching: ModelSettings.Batching) throws(InvalidSetting) {
        self.providers = []
        let file = YAMLFile(setting: "LLM_FALLBACKS", path: path)
        var names: Set<String> = [first.settings.provider]
        var providers: [Provider] = []
        for (index, item) in try file.items("providers").enumerated() {
            let place = "providers[\(index)]"
            try file.check(item, place, Self.members)
            let name = try file.required(item, "name", place)
            guard name.utf8.count <= 32, name.utf8.allSatisfy({ $0 >= 0x61 && $0 <= 0x7a || $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2d }),
                names.insert(name).inserted
            else { throw file.invalid("\(place).name to be a name of its own of a-z, 0-9 and -, 32 at most") }
            let address = try file.required(item, "baseURL", place)
            guard address.hasPrefix("http://") || address.hasPrefix("https://") else { throw file.invalid("\(place).baseURL to be an http:// or https:// URL") }
            var settings = first.settings
            settings.provider = name
            settings.baseURL = address
            settings.model = try file.required(item, "model", place)
            settings.apiKey = { nil }
            if let path = item["apiKeyFile"]?.string {
                let key = try FileValue(path) { (path) throws(InvalidSetting) in try file.secret(path, "\(place).apiKeyFile") }
                self.keys.append(key)
                settings.apiKey = { key.value }
            }
            if let text = item["timeout"]?.string {
                guard let timeout = DurationText.parse(text), timeout >= .milliseconds(100), timeout <= .seconds(300) else {
                    throw file.invalid("\(place).timeout to be a duration, 100ms…300s")
                }
                settings.timeout = timeout
            }
            settings.maxTokens = try file.integer(item, "maxTokens", place, 16...100_000) ?? settings.maxTokens
            settings.batching = try file.flag(item, "batching", place).map { $0 ? batching : nil } ?? settings.batching
            settings.streams = try file.flag(item, "streaming", place) ?? settings.streams
            settings.price = ModelPrice()
            providers.append(Provider(settings: settings, maxConcurrent: try file.integer(item, "maxConcurrent", place, 1...10_000) ?? first.maxConcurrent))
        }
        self.providers = providers
    }
}

/// What tokens cost, by model or by provider and model; a YAML file.
///
/// ```yaml
/// prices:                        # USD per million tokens
///   - {model: small-2, prompt: 0.15, completion: 0.6}
///   - {provider: backup, model: small-2, prompt: 0.2, completion: 0.8}
/// ```
struct PriceTable: Sendable {
    private var prices: [String: ModelPrice] = [:]

    init() {}

    init(path: String) throws(InvalidSetting) {
        let file = YAMLFile(setting: "LLM_PRICES", path: path)
        for (index, item) in try file.items("prices").enumerated() {
            let place = "prices[\(index)]"
            try file.check(item, place, ["provider", "model", "prompt", "completion"])
            let price = ModelPrice(prompt: try file.price(item, "prompt", place), completion: try file.price(item, "completion", place))
            let model = try file.required(item, "model", place)
            guard self.prices.updateValue(price, forKey: (item["provider"]?.string.map { $0 + "/" } ?? "") + model) == nil else {
                throw file.invalid("\(place) to be the only price of \(model)")
            }
        }
    }

    /// Nil: nobody said.
    func price(of settings: ModelSettings) -> ModelPrice? { self.prices["\(settings.provider)/\(settings.model)"] ?? self.prices[settings.model] }
}

/// A YAML file that a setting names; what is wrong with it is told as that of the setting.
private struct YAMLFile: Sendable {
    let setting: String
    let path: String

    func invalid(_ wanted: String) -> InvalidSetting { InvalidSetting(key: self.setting, value: self.path, allowed: "a file with \(wanted)") }

    /// The mappings of the list that is the file's only member.
    func items(_ member: String) throws(InvalidSetting) -> [Node] {
        guard let text = try? String(contentsOfFile: self.path, encoding: .utf8) else {
            throw InvalidSetting(key: self.setting, value: self.path, allowed: "path of a readable YAML file")
        }
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch { throw self.invalid("YAML: \("\(error)".replacing("\n", with: " "))") }
        guard let mapping = root?.mapping, mapping.count == 1, let list = root?[member]?.sequence, list.allSatisfy({ $0.mapping != nil }) else {
            throw self.invalid("\(member): a list of mappings")
        }
        return Array(list)
    }

    func check(_ item: Node, _ place: String, _ members: Set<String>) throws(InvalidSetting) {
        for (key, _) in item.mapping ?? [:] where !members.contains(key.string ?? "") {
            throw self.invalid("no \(place).\(key.string ?? "?"); known are \(members.sorted().joined(separator: ", "))")
        }
    }

    func required(_ item: Node, _ member: String, _ place: String) throws(InvalidSetting) -> String {
        guard let text = item[member]?.string, !text.isEmpty else { throw self.invalid("\(place).\(member)") }
        return text
    }

    func price(_ item: Node, _ member: String, _ place: String) throws(InvalidSetting) -> Double {
        guard let text = item[member]?.string, let price = Double(text), (0...10_000).contains(price) else {
            throw self.invalid("\(place).\(member): USD per million tokens, 0…10000")
        }
        return price
    }

    func integer(_ item: Node, _ member: String, _ place: String, _ range: ClosedRange<Int>) throws(InvalidSetting) -> Int? {
        guard let text = item[member]?.string else { return nil }
        guard let value = Int(text), range.contains(value) else { throw self.invalid("\(place).\(member): \(range.lowerBound)…\(range.upperBound)") }
        return value
    }

    func flag(_ item: Node, _ member: String, _ place: String) throws(InvalidSetting) -> Bool? {
        guard let text = item[member]?.string else { return nil }
        guard let flag = ["true": true, "false": false][text] else { throw self.invalid("\(place).\(member): true or false") }
        return flag
    }

    func secret(_ path: String, _ place: String) throws(InvalidSetting) -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw self.invalid("\(place): path of a readable file") }
        // Known from here on, also when it has been replaced.
        KnownSecrets.shared.add(text.trimmed)
        return text.trimmed
    }
}
