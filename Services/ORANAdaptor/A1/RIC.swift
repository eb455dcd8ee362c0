import IntentModel

/// A Near-RT RIC: an A1-P producer we send policies to.
package struct RIC: Sendable, Equatable, Codable {
    /// As in the setting; a DNS label.
    package let name: String
    /// `{apiRoot}` of A1AP §4.2.1, without a trailing slash and without `/A1-P/v2`; of the service in front of it, when there is one.
    package let url: String
    /// What it serves below its root; nil when its answers are to tell.
    package var variant: A1Root.Variant?

    package init(name: String, url: String, variant: A1Root.Variant? = nil) {
        self.name = name
        self.url = url
        self.variant = variant
    }

    package struct InvalidSetting: Error, Equatable, CustomStringConvertible {
        package let reason: String
        package var description: String { "A1_URL: \(self.reason); expected name=URL,… or one URL, e.g. east=http://ric-east:8085,west=http://ric-west:8085" }
    }

    /// Reads the setting `A1_URL`: `name=URL,…`; a bare URL is named `ric1`, the next bare one `ric2`. Empty text is no RIC. A URL that ends
    /// with the path of a variant is of that variant.
    package static func list(fromSetting text: String) throws(InvalidSetting) -> [RIC] {
        var rics: [RIC] = []
        for (index, part) in text.split(separator: ",").enumerated() {
            let entry = part.filter { !$0.isWhitespace }
            if entry.isEmpty { continue }
            var name = "ric\(index + 1)"
            var url = entry
            // A URL's own query may hold '=': only one before the scheme separates a name.
            if let equals = entry.firstIndex(of: "="), !entry[..<equals].contains(":") {
                name = String(entry[..<equals])
                url = String(entry[entry.index(after: equals)...])
            }
            guard name.isDNSLabel else { throw InvalidSetting(reason: "'\(name)' is not a name of lower-case letters, digits and '-'") }
            let (root, variant) = try RIC.root(of: url)
            let ric = RIC(name: name, url: root, variant: variant)
            guard !rics.contains(where: { $0.name == name }) else { throw InvalidSetting(reason: "the name '\(name)' is used twice") }
            rics.append(ric)
        }
        return rics
    }

    private static func root(of text: String) throws(InvalidSetting) -> (url: String, variant: A1Root.Variant?) {
        guard let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }) else {
            throw InvalidSetting(reason: "'\(text)' is not an http or https URL")
        }
        var url = text
        while url.hasSuffix("/") { url.removeLast() }
        let variant = A1Root.Variant.allCases.first { url.hasSuffix($0.rawValue) }
        if let variant { url.removeLast(variant.rawValue.count) }
        guard url.count > scheme.count, !url.dropFirst(scheme.count).hasPrefix("/"), !url.contains("?"), !url.contains("#") else {
            throw InvalidSetting(reason: "'\(text)' names no host, or has a query")
        }
        return (url, variant)
    }
}
