import Foundation

/// A file as a document of the knowledge base.
struct KnowledgeFile: Encodable, Equatable {
    let id: String
    let title: String?
    let text: String
    let source: String

    static let extensions: Set<String> = ["md", "markdown", "txt", "text", "html", "htm"]
    private static let maxBytes = 1 << 20

    /// Reads the file; throws when it cannot be read, is too long or is not UTF-8.
    init(path: String) throws(CommandFailure) {
        guard let data = FileManager.default.contents(atPath: path) else { throw CommandFailure(.refused, "cannot be read") }
        guard let text = String(data: data, encoding: .utf8) else { throw CommandFailure(.refused, "is not UTF-8") }
        self.init(path: path, text: text)
        guard self.text.utf8.count <= Self.maxBytes else { throw CommandFailure(.refused, "has more than 1 MiB of text") }
    }

    init(path: String, text: String) {
        self.id = Self.id(of: path)
        self.source = String(path.suffix(256))
        if ["html", "htm"].contains((path as NSString).pathExtension.lowercased()) {
            let page = HTMLText(text)
            self.title = page.title
            self.text = page.text
        } else {
            self.title = nil
            self.text = text
        }
    }

    /// The path without what only says where one stands; its end when it is long.
    static func id(of path: String) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." && $0 != ".." }
        return String(decoding: Array(parts.joined(separator: "/").utf8.suffix(256)), as: UTF8.self)
    }

    /// Files as they are named, and those with a known extension below directories, in order of their paths.
    static func search(_ paths: [String]) throws(CommandFailure) -> [String] {
        var files: [String] = []
        for path in paths {
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { throw CommandFailure(.usage, "there is no \(path)") }
            guard isDirectory.boolValue else {
                files.append(path)
                continue
            }
            let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
            files += names.filter { self.extensions.contains(($0 as NSString).pathExtension.lowercased()) }.sorted().map {
                (path as NSString).appendingPathComponent($0)
            }
        }
        guard !files.isEmpty else { throw CommandFailure(.usage, "there is no Markdown, text or HTML file there") }
        return files
    }
}
