/// A setting that is unknown or has a value that is not allowed. Its description is the one line the operator sees.
package struct InvalidSetting: Error, Sendable, Equatable, CustomStringConvertible {
    package let key: String
    /// Nil for an unknown key. Already hidden when the setting is a secret.
    package let value: String?
    /// What is allowed instead.
    package let allowed: String
    /// Where it was found: `command line`, `environment`, the file's path.
    package let source: String?

    package init(key: String, value: String? = nil, allowed: String, source: String? = nil) {
        self.key = key
        self.value = value
        self.allowed = allowed
        self.source = source
    }

    package var description: String {
        let place = self.source.map { " (\($0))" } ?? ""
        guard let value else { return "\(self.key)\(place) is not a setting; allowed: \(self.allowed)" }
        return "\(self.key)=\"\(value)\"\(place) is not allowed; allowed: \(self.allowed)"
    }
}
