import Foundation

/// What a kubeconfig holds inline and libcurl wants in files: in a directory that only this user can read, gone with the last reference.
final class PrivateFiles: Sendable {
    private let directory: String

    init() throws(InvalidAccess) {
        var template = Array((NSTemporaryDirectory() + "/nephoran-kube-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw InvalidAccess(NSTemporaryDirectory(), "no directory can be made there") }
        self.directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: self.directory) }

    /// The path of a file that is given by name or, which wins, by its base64; nil when by neither.
    func path(_ file: String?, data: String?, as name: String, beside config: String, _ place: String) throws(InvalidAccess) -> String? {
        if let data, !data.isEmpty {
            guard let bytes = Data(base64Encoded: data, options: .ignoreUnknownCharacters) else { throw InvalidAccess("\(place)-data", "is not base64") }
            let path = "\(self.directory)/\(name)"
            guard FileManager.default.createFile(atPath: path, contents: bytes, attributes: [.posixPermissions: 0o600]) else {
                throw InvalidAccess(path, "cannot be written")
            }
            return path
        }
        guard let file, !file.isEmpty else { return nil }
        let path = Self.absolute(file, beside: config)
        guard FileManager.default.isReadableFile(atPath: path) else { throw InvalidAccess(place, "\(path) cannot be read") }
        return path
    }

    static func absolute(_ path: String, beside config: String) -> String {
        path.hasPrefix("/") ? path : URL(filePath: path, relativeTo: URL(filePath: config).deletingLastPathComponent()).standardizedFileURL.path
    }
}
