import Yams

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Settings from YAML: keys in any spelling, nested or flat, and sections named after a service that only this service reads.
struct SettingsFile {
    struct Entry {
        /// As written, nested keys joined by dots.
        let key: String
        let value: String
    }

    let path: String
    var entries: [Entry] = []

    /// - Parameter service: `llm-processor`; a mapping under that name holds settings of this service, mappings named after another are skipped.
    init(path: String, service: String) throws(InvalidSetting) {
        if Self.isDirectory(path) {
            try self.init(directory: path, service: service)
        } else {
            try self.init(path: path, text: try Self.text(of: path), service: service)
        }
    }

    /// A mounted ConfigMap: each file holds the value of the setting it is named after; one named `….yaml` holds settings.
    private init(directory: String, service: String) throws(InvalidSetting) {
        self.path = directory
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: directory) } catch {
            throw InvalidSetting(key: Self.key, value: directory, allowed: "path of a readable directory")
        }
        // Kubernetes keeps what it mounts in hidden directories, and links to it.
        for name in names.sorted() where !name.hasPrefix(".") {
            let file = directory + "/" + name
            if name.hasSuffix(".yaml") {
                self.entries += try SettingsFile(path: file, service: service).entries
            } else {
                self.entries.append(Entry(key: name, value: String(try Self.text(of: file).trimmingSpaces)))
            }
        }
    }

    private static func text(of path: String) throws(InvalidSetting) -> String {
        do { return try String(contentsOf: URL(filePath: path), encoding: .utf8) } catch {
            throw InvalidSetting(key: Self.key, value: path, allowed: "path of a readable YAML file, or of a directory of settings")
        }
    }

    private static func isDirectory(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && (info.st_mode & S_IFMT) == S_IFDIR
    }

    init(path: String, text: String, service: String) throws(InvalidSetting) {
        self.path = path
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch {
            throw InvalidSetting(key: Self.key, value: path, allowed: "YAML: \("\(error)".replacing("\n", with: " "))")
        }
        guard let root, root != Node("", Tag(.null)) else { return }
        guard let mapping = root.mapping else {
            if root.null != nil { return }
            throw InvalidSetting(key: Self.key, value: path, allowed: "a YAML mapping of settings")
        }
        let own = SettingName.identity(of: service)
        let others = Set(Self.services.map { SettingName.identity(of: $0) }).subtracting([own])
        for (key, node) in mapping {
            let name = key.string ?? ""
            let identity = SettingName.identity(of: name)
            if node.mapping != nil, others.contains(identity) { continue }
            try self.flatten(node, at: node.mapping != nil && identity == own ? [] : [name])
        }
    }

    private mutating func flatten(_ node: Node, at path: [String]) throws(InvalidSetting) {
        switch node {
        case .mapping(let mapping):
            for (key, child) in mapping { try self.flatten(child, at: path + [key.string ?? ""]) }
        case .sequence(let items):
            let values = items.compactMap(\.scalar?.string)
            guard values.count == items.count else {
                throw InvalidSetting(key: path.joined(separator: "."), value: "…", allowed: "a value or a list of values", source: self.path)
            }
            self.entries.append(Entry(key: path.joined(separator: "."), value: values.joined(separator: ",")))
        case .scalar(let scalar):
            self.entries.append(Entry(key: path.joined(separator: "."), value: node.null != nil ? "" : scalar.string))
        default:
            throw InvalidSetting(key: path.joined(separator: "."), value: "…", allowed: "a value or a list of values", source: self.path)
        }
    }

    static let key = "CONFIG_FILE"
    static let services = ["api-gateway", "llm-processor", "rag-api", "manifest-generator", "oran-adaptor", "nephio-bridge"]
}
