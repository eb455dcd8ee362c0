import Foundation
import IntentModel
import JSONSchema

/// The file of `O1_ELEMENTS`: a list under `elements`, YAML or JSON.
enum ManagedElementFile {
    struct Unreadable: Error, CustomStringConvertible {
        let reason: String
        var description: String { "O1_ELEMENTS: \(self.reason)" }
    }

    private static let members: Set<String> = ["name", "address", "port", "username", "passwordFile", "keyFile", "hostKey"]

    static func read(path: String) throws(Unreadable) -> [ManagedElement] {
        guard let data = FileManager.default.contents(atPath: path) else { throw Unreadable(reason: "\(path) cannot be read") }
        return try self.elements(in: String(decoding: data, as: UTF8.self))
    }

    static func elements(in text: String) throws(Unreadable) -> [ManagedElement] {
        let root: JSONValue
        do {
            root = try YAMLValue.read(text)
        } catch {
            throw Unreadable(reason: "\(error)")
        }
        guard let entries = root["elements"]?.array, root.object?.count == 1 else {
            throw Unreadable(reason: "a list 'elements' is expected, and nothing else")
        }
        var elements: [ManagedElement] = []
        for (index, entry) in entries.enumerated() {
            let place = "elements[\(index)]"
            if let stray = entry.object?.keys.sorted().first(where: { !self.members.contains($0) }) {
                throw Unreadable(reason: "\(place): '\(stray)' is unknown")
            }
            func text(_ name: String) throws(Unreadable) -> String {
                guard let text = entry[name]?.string, !text.isEmpty else { throw Unreadable(reason: "\(place): \(name) is missing") }
                return text
            }
            let name = try text("name")
            guard name.isDNSLabel else { throw Unreadable(reason: "\(place): '\(name)' is not a name of lower-case letters, digits and '-'") }
            guard !elements.contains(where: { $0.name == name }) else { throw Unreadable(reason: "the name '\(name)' is used twice") }
            let port = entry["port"] == nil ? 830 : entry["port"]?.integer ?? 0
            guard (1...65_535).contains(port) else { throw Unreadable(reason: "\(place): port is 1…65535") }
            elements.append(
                ManagedElement(
                    name: name, address: try text("address"), port: port, username: try text("username"), credential: try self.credential(entry, place),
                    hostKey: try self.hostKey(try text("hostKey"), place)))
        }
        return elements
    }

    private static func credential(_ entry: JSONValue, _ place: String) throws(Unreadable) -> ManagedElement.Credential {
        switch (entry["passwordFile"]?.string, entry["keyFile"]?.string) {
        case (let path?, nil): return .passwordFile(path)
        case (nil, let path?): return .keyFile(path)
        default: throw Unreadable(reason: "\(place): passwordFile or keyFile is expected, one of them")
        }
    }

    private static func hostKey(_ text: String, _ place: String) throws(Unreadable) -> ManagedElement.HostKey {
        if text == "any" { return .any }
        guard text.hasPrefix("SHA256:"), text.utf8.count == 50 else {
            throw Unreadable(reason: "\(place): hostKey is a fingerprint as ssh-keygen -l prints it (SHA256:…), or any, which checks nothing")
        }
        return .fingerprint(text)
    }
}
