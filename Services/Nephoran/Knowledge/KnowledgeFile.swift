import Foundation

/// A file as a document of the knowledge base.
struct KnowledgeFile: Encodable, Equatable {
    let id: String
    let title: String?
    let text: String
    let source: String

    /// One document each.
    static let documents: Set<String> = ["md", "markdown", "txt", "text", "html", "htm", "pdf"]
    /// A document a line.
    static let lines: Set<String> = ["ndjson", "jsonl"]
    /// Of the text of a document; the server takes no more.
    private static let maxBytes = 8 << 20
    /// Of an id, and of a title or a source.
    private static let maxIDBytes = 256
    private static let maxNameBytes = 512

    static func kind(of path: String) -> String { (path as NSString).pathExtension.lowercased() }

    /// Reads the file; throws when it cannot be read, is too long or is not UTF-8.
    static func read(_ path: String) async throws(CommandFailure) -> KnowledgeFile {
        let file: KnowledgeFile
        if self.kind(of: path) == "pdf" {
            file = KnowledgeFile(path: path, page: try await PDFText.read(path))
        } else {
            guard let data = FileManager.default.contents(atPath: path) else { throw CommandFailure(.refused, "cannot be read") }
            guard let text = String(data: data, encoding: .utf8) else { throw CommandFailure(.refused, "is not UTF-8") }
            file = KnowledgeFile(path: path, text: text)
        }
        guard file.text.utf8.count <= Self.maxBytes else { throw CommandFailure(.refused, "has more than \(Self.maxBytes >> 20) MiB of text") }
        guard file.text.contains(where: { $0.isLetter || $0.isNumber }) else { throw CommandFailure(.refused, "holds no word") }
        return file
    }

    private init(path: String, page: PDFText) {
        self.id = Self.id(of: path)
        self.source = path.ending(bytes: Self.maxNameBytes)
        self.title = page.title?.beginning(bytes: Self.maxNameBytes)
        self.text = page.text
    }

    init(path: String, text: String) {
        self.id = Self.id(of: path)
        self.source = path.ending(bytes: Self.maxNameBytes)
        if ["html", "htm"].contains(Self.kind(of: path)) {
            let page = HTMLText(text)
            self.title = page.title?.beginning(bytes: Self.maxNameBytes)
            self.text = page.text
        } else {
            self.title = nil
            self.text = text
        }
    }

    /// The path without what only says where one stands; its end when it is long.
    static func id(of path: String) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." && $0 != ".." }
        return parts.joined(separator: "/").ending(bytes: Self.maxIDBytes)
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
            let known = self.documents.union(self.lines)
            files += names.filter { known.contains(self.kind(of: $0)) }.sorted().map { (path as NSString).appendingPathComponent($0) }
        }
        guard !files.isEmpty else { throw CommandFailure(.usage, "there is no Markdown, text, HTML, PDF or NDJSON file there") }
        return files
    }
}
