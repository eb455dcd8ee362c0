import Foundation

/// A directory of Markdown and text files, one document each, such as the knowledge the service is shipped with.
///
/// A file may begin with lines of metadata between `---` lines: `name: value`, or `name: a, b` for a list. Its name without
/// ending is the document's id, its first heading the title.
struct KnowledgeDirectory: Sendable {
    let path: String

    /// The knowledge in the resource bundle beside the executable.
    static var builtIn: KnowledgeDirectory { KnowledgeDirectory(path: Bundle.module.bundlePath + "/Knowledge") }

    /// Words that say nothing about a subject, one per line, `#` starts a comment; empty when the directory has no such file.
    func stopWords() async throws -> Set<String> {
        let file = self.path + "/stop-words.txt"
        return try await blockingWork("knowledge.files") {
            guard FileManager.default.fileExists(atPath: file) else { return [] }
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(whereSeparator: \.isNewline)
            return Set(lines.filter { !$0.hasPrefix("#") }.map(String.init))
        }
    }

    /// Sorted by id. Throws when the directory or a file of it cannot be read.
    func documents() async throws -> [KnowledgeDocument] {
        let path = self.path
        return try await blockingWork("knowledge.files") {
            try FileManager.default.contentsOfDirectory(atPath: path).sorted().filter { $0.hasSuffix(".md") }.map { name in
                try Self.document(id: String(name.dropLast(3)), file: String(contentsOfFile: path + "/" + name, encoding: .utf8))
            }
        }
    }

    static func document(id: String, file: String) throws -> KnowledgeDocument {
        var metadata: [String: MetadataValue] = [:]
        var text = file[...]
        if file.hasPrefix("---\n"), let end = file.dropFirst(4).range(of: "\n---\n") {
            for line in file[file.index(file.startIndex, offsetBy: 4)..<end.lowerBound].split(separator: "\n") {
                guard let colon = line.firstIndex(of: ":") else { continue }
                let values = line[line.index(after: colon)...].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
                metadata[String(line[..<colon])] = values.count == 1 ? .text(values[0]) : .list(values.map(MetadataValue.text))
            }
            text = file[end.upperBound...]
        }
        return KnowledgeDocument(id: id, text: String(text), source: "builtin", metadata: metadata)
    }
}
