import Foundation

/// Files of lines that templates pick from and bodies are read from, beside the file that names them.
struct LineFiles: Sendable {
    /// Where relative names are looked up.
    let directory: String

    /// Lines without their ends; empty lines are left out.
    func lines(_ name: String) throws -> [[UInt8]] {
        try self.bytes(name).split(separator: UInt8(ascii: "\n")).map { Array($0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0) }.filter { !$0.isEmpty }
    }

    func bytes(_ name: String) throws -> [UInt8] {
        let path = name.hasPrefix("/") ? name : "\(self.directory)/\(name)"
        guard let data = FileManager.default.contents(atPath: path) else { throw LoadError.environment("\(path) cannot be read") }
        return Array(data)
    }
}
