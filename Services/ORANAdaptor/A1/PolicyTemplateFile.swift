import Foundation
import JSONSchema

/// The file of `A1_POLICY_TEMPLATES`: a list of ``PolicyTemplate`` under `templates`, YAML or JSON.
enum PolicyTemplateFile {
    struct Unreadable: Error, CustomStringConvertible {
        let reason: String
        var description: String { "A1_POLICY_TEMPLATES: \(self.reason)" }
    }

    private static let members: Set<String> = ["type", "standard", "rics", "document"]

    static func read(path: String) throws(Unreadable) -> [PolicyTemplate] {
        guard let data = FileManager.default.contents(atPath: path) else { throw Unreadable(reason: "\(path) cannot be read") }
        return try self.templates(in: String(decoding: data, as: UTF8.self))
    }

    static func templates(in text: String) throws(Unreadable) -> [PolicyTemplate] {
        let root: JSONValue
        do {
            root = try YAMLValue.read(text)
        } catch {
            throw Unreadable(reason: "\(error)")
        }
        guard let entries = root["templates"]?.array, root.object?.count == 1 else {
            throw Unreadable(reason: "a list 'templates' is expected, and nothing else")
        }
        var templates: [PolicyTemplate] = []
        for (index, entry) in entries.enumerated() {
            let place = "templates[\(index)]"
            if let stray = entry.object?.keys.sorted().first(where: { !self.members.contains($0) }) {
                throw Unreadable(reason: "\(place): '\(stray)' is unknown")
            }
            guard let type = entry["type"]?.string ?? entry["type"]?.integer.map(String.init), let standard = entry["standard"]?.string,
                let document = entry["document"], document.object != nil
            else { throw Unreadable(reason: "\(place): type, standard and document (an object) are expected") }
            let rics = entry["rics"]?.array ?? []
            guard rics.allSatisfy({ $0.string != nil }) else { throw Unreadable(reason: "\(place): rics is a list of names") }
            if let bad = self.badPlace(in: document) { throw Unreadable(reason: "\(place): '\(bad)' is no place; ${path} or ${path * factor} is expected") }
            templates.append(PolicyTemplate(type: type, standard: standard, rics: rics.compactMap(\.string), document: document))
        }
        return templates
    }

    private static func badPlace(in value: JSONValue) -> String? {
        switch value {
        case .string(let text): text.contains("${") && PolicyTemplate.Place(text) == nil ? text : nil
        case .object(let members): members.sorted { $0.key < $1.key }.lazy.compactMap { self.badPlace(in: $0.value) }.first
        case .array(let elements): elements.lazy.compactMap { self.badPlace(in: $0) }.first
        default: nil
        }
    }
}
