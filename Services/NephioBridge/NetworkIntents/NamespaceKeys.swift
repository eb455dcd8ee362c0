import Foundation
import Glibc
import IntentModel
import Telemetry

/// The keys by which `NetworkIntent`s of a namespace are asked for at the gateway: files of a directory, each called as its namespace, as a mounted
/// Secret has them. A file is read for each look at an object, so that a key that was replaced counts at once.
struct NamespaceKeys: Sendable {
    /// No key is longer.
    private static let maxBytes = 4_096

    let directory: String

    /// - Throws: ``NotLetIn`` in the same words each time: a status that changes is news.
    func key(of namespace: String) async throws(NotLetIn) -> String {
        // Nothing that leads out of the directory.
        guard namespace.isDNSLabel else { throw .unmapped(namespace, "its name is no label") }
        let path = self.directory + "/" + namespace
        let bytes: [UInt8]?
        do { bytes = try await Blocking.run { Self.content(of: path) } } catch { bytes = nil }
        guard let bytes else { throw .unmapped(namespace, "there is no file of its name in NETWORK_INTENTS_KEYS_PATH") }
        let key = String(decoding: bytes, as: UTF8.self).trimmed
        guard !key.isEmpty, bytes.count <= Self.maxBytes, key.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw .unmapped(namespace, "the file of its name in NETWORK_INTENTS_KEYS_PATH holds no key")
        }
        KnownSecrets.shared.add(key)
        return key
    }

    /// Nil when it is no file that can be read; at most a byte more than a key has. A pipe is not waited for.
    private static func content(of path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var info = stat()
        guard fstat(file, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes = [UInt8](repeating: 0, count: Self.maxBytes + 1)
        let count = read(file, &bytes, bytes.count)
        return count < 0 ? nil : Array(bytes.prefix(count))
    }
}

/// The gateway does not act for the namespace of an object, and it is not the object that has to change.
struct NotLetIn: Error, Equatable, CustomStringConvertible {
    /// Of the condition.
    let reason: String
    let description: String

    static func unmapped(_ namespace: String, _ why: String) -> NotLetIn {
        NotLetIn(reason: "NamespaceNotMapped", description: "namespace \(namespace) has no key at the gateway: \(why)")
    }

    static func refused(_ deed: String, _ detail: String) -> NotLetIn {
        NotLetIn(reason: "NotAuthorised", description: "the gateway does not let its namespace \(deed): \(detail)")
    }
}
