/// A setting of a service: declared once, checked at start, read by ``Settings``.
///
/// ```
/// static let batchSize = SettingKey.integer("BATCH_SIZE", default: 32, in: 1...1024, "Requests sent together.")
/// ```
package struct SettingKey<Value: Sendable>: Sendable {
    package let name: SettingName
    package let declaration: SettingDeclaration
    let defaultValue: Value
    let parse: @Sendable (String) -> Value?

    package init(
        _ name: String, default defaultValue: Value, defaultText: String?, allowed: String, isSecret: Bool = false, _ documentation: String,
        parse: @escaping @Sendable (String) -> Value?
    ) {
        self.name = SettingName(name)
        self.defaultValue = defaultValue
        self.parse = parse
        self.declaration = SettingDeclaration(
            name: self.name, allowed: allowed, defaultText: defaultText, isSecret: isSecret, documentation: documentation, accepts: { parse($0) != nil }
        )
    }
}

extension SettingKey where Value == String {
    package static func string(_ name: String, default value: String, _ documentation: String) -> Self {
        .init(name, default: value, defaultText: value, allowed: "text", documentation) { $0 }
    }

    package static func choice(_ name: String, default value: String, of choices: [String], _ documentation: String) -> Self {
        .init(name, default: value, defaultText: value, allowed: "one of " + choices.joined(separator: ", "), documentation) { text in
            choices.first { $0 == text.lowercased() }
        }
    }
}

extension SettingKey where Value == String? {
    package static func optionalString(_ name: String, _ documentation: String) -> Self {
        .init(name, default: nil, defaultText: nil, allowed: "text", documentation) { $0.isEmpty ? .some(nil) : $0 }
    }

    /// Also read from the file that `<NAME>_FILE` names, without the newline at its end.
    package static func secret(_ name: String, _ documentation: String) -> Self {
        .init(name, default: nil, defaultText: nil, allowed: "text, or a path in \(name)_FILE", isSecret: true, documentation) { $0.isEmpty ? .some(nil) : $0 }
    }

    /// `http` or `https`.
    package static func url(_ name: String, _ documentation: String) -> Self {
        .init(name, default: nil, defaultText: nil, allowed: "http:// or https:// URL", documentation) { text in
            if text.isEmpty { return .some(nil) }
            guard text.hasPrefix("http://") || text.hasPrefix("https://") else { return nil }
            return text
        }
    }
}

extension SettingKey where Value == [String] {
    /// Separated by commas; spaces around are dropped, empty parts too.
    package static func list(_ name: String, default value: [String] = [], _ documentation: String) -> Self {
        .init(name, default: value, defaultText: value.joined(separator: ","), allowed: "texts separated by commas", documentation) { text in
            text.split(separator: ",").map { String($0.trimmingSpaces) }.filter { !$0.isEmpty }
        }
    }
}

extension SettingKey where Value == Int {
    package static func integer(_ name: String, default value: Int, in range: ClosedRange<Int>, _ documentation: String) -> Self {
        .init(name, default: value, defaultText: "\(value)", allowed: "integer \(range.lowerBound)…\(range.upperBound)", documentation) { text in
            Int(text.trimmingSpaces).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A number of bytes, such as `512MB`, `64MiB` or `1048576`.
    package static func bytes(_ name: String, default value: Int, in range: ClosedRange<Int>, _ documentation: String) -> Self {
        let allowed = "bytes such as 64MiB, \(ByteSize.format(range.lowerBound))…\(ByteSize.format(range.upperBound))"
        return .init(name, default: value, defaultText: ByteSize.format(value), allowed: allowed, documentation) { text in
            ByteSize.parse(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension SettingKey where Value == Double {
    package static func number(_ name: String, default value: Double, in range: ClosedRange<Double>, _ documentation: String) -> Self {
        .init(name, default: value, defaultText: "\(value)", allowed: "number \(range.lowerBound)…\(range.upperBound)", documentation) { text in
            Double(text.trimmingSpaces).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension SettingKey where Value == Bool {
    package static func flag(_ name: String, default value: Bool, _ documentation: String) -> Self {
        .init(name, default: value, defaultText: "\(value)", allowed: "true or false", documentation) { text in
            switch text.lowercased() {
            case "true", "yes", "on", "1": true
            case "false", "no", "off", "0": false
            default: nil
            }
        }
    }
}

extension SettingKey where Value == Duration {
    /// Such as `500ms`, `30s`, `1h`; a bare number is seconds.
    package static func duration(_ name: String, default value: Duration, in range: ClosedRange<Duration>, _ documentation: String) -> Self {
        let allowed = "duration such as 500ms, 30s, 1h, \(DurationText.format(range.lowerBound))…\(DurationText.format(range.upperBound))"
        return .init(name, default: value, defaultText: DurationText.format(value), allowed: allowed, documentation) { text in
            DurationText.parse(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension StringProtocol {
    var trimmingSpaces: SubSequence {
        guard let start = self.firstIndex(where: { !$0.isWhitespace }), let end = self.lastIndex(where: { !$0.isWhitespace }) else {
            return self[self.startIndex..<self.startIndex]
        }
        return self[start...end]
    }
}
