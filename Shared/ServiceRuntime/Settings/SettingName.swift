/// The spellings of one setting: `REDIS_URL` in the environment, `--redis-url` on the command line and `redisUrl`, `redis_url` or
/// `redis: {url: …}` in YAML all are the same.
package struct SettingName: Hashable, Sendable, CustomStringConvertible {
    /// As in the environment.
    package let description: String
    /// Letters and digits in lower case, which all spellings share.
    let identity: String

    package init(_ name: String) {
        self.description = name
        self.identity = Self.identity(of: name)
    }

    static func identity(of spelling: some StringProtocol) -> String {
        String(spelling.lowercased().filter { $0.isLetter || $0.isNumber })
    }

    var flag: String { "--" + self.description.lowercased().replacing("_", with: "-") }

    package static func == (a: SettingName, b: SettingName) -> Bool { a.identity == b.identity }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.identity) }
}
