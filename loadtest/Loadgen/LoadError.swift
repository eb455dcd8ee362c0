import Foundation

/// Why nothing was, or could be, measured.
struct LoadError: Error, Equatable, CustomStringConvertible {
    enum Kind: Int32 {
        /// What was asked for is not understood.
        case usage = 2
        /// The target cannot be reached, a file not be read or written.
        case environment = 3
    }

    let kind: Kind
    let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    var exitCode: Int32 { self.kind.rawValue }

    static func usage(_ text: String) -> LoadError { LoadError(.usage, text) }
    static func environment(_ text: String) -> LoadError { LoadError(.environment, text) }
}

/// Where progress and complaints go; figures go to standard output.
enum StandardError {
    static func say(_ line: String) { self.write(line + "\n") }
    static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
