import Foundation
import JSONSchema

/// The standard policy types of A1TD we know: the second check when a RIC serves no schema of its own.
package struct PolicyTypeCatalogue: Sendable {
    package let types: [String: PolicyType]

    package struct Unreadable: Error, CustomStringConvertible {
        package let file: String
        package let reason: String
        package var description: String { "\(self.file): \(self.reason)" }
    }

    /// `files` are policy type objects by type identifier.
    package init(files: [String: [UInt8]]) throws(Unreadable) {
        var types: [String: PolicyType] = [:]
        for (id, bytes) in files {
            do {
                guard let schema = try JSONValue(parsing: bytes)["policySchema"] else { throw Unreadable(file: id, reason: "has no policySchema") }
                types[id] = PolicyType(id: id, policySchema: try JSONSchema(schema))
            } catch let error as Unreadable {
                throw error
            } catch {
                throw Unreadable(file: id, reason: "\(error)")
            }
        }
        self.types = types
    }

    /// Reads every `<type identifier>.json` of a directory; the ones shipped with the service by default.
    package init(directory: String? = nil) throws {
        let directory = directory.map { URL(fileURLWithPath: $0) } ?? Bundle.module.bundleURL.appendingPathComponent("PolicyTypes")
        var files: [String: [UInt8]] = [:]
        for url in try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil) where url.pathExtension == "json" {
            files[url.deletingPathExtension().lastPathComponent] = Array(try Data(contentsOf: url))
        }
        try self.init(files: files)
    }
}
