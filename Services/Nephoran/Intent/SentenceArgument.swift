import Foundation

/// A sentence given on the command line, or `-` for standard input.
enum SentenceArgument {
    static func read(_ words: [String]) throws(CommandFailure) -> String {
        guard words == ["-"] else { return words.joined(separator: " ") }
        let input = FileHandle.standardInput.readDataToEndOfFile()
        guard let text = String(data: input, encoding: .utf8) else { throw CommandFailure(.usage, "standard input is not UTF-8") }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
