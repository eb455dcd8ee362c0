import Foundation

/// The work tree that these tests were built from.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    static func path(_ relative: String) -> String { "\(self.root)/\(relative)" }

    /// Texts of all Swift files below a directory, by path.
    static func sources(_ directory: String) throws -> [String: String] {
        var texts: [String: String] = [:]
        for path in FileManager.default.enumerator(atPath: self.path(directory)).map({ $0.compactMap { $0 as? String } }) ?? [] where path.hasSuffix(".swift") {
            texts["\(directory)/\(path)"] = try String(contentsOfFile: self.path("\(directory)/\(path)"), encoding: .utf8)
        }
        return texts
    }
}
