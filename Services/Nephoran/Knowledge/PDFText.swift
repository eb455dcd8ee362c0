import Foundation
import Subprocess

/// The words of a PDF file, by poppler's `pdftotext`: columns kept apart by blanks, without what is repeated on each page.
struct PDFText: Equatable {
    let title: String?
    let text: String

    private static let deadline: Duration = .seconds(120)
    private static let maxBytes = 64 << 20

    /// Runs `pdftotext`; throws when it is not there, fails, or takes too long.
    static func read(_ path: String) async throws(CommandFailure) -> PDFText {
        guard let program = Executables.find("pdftotext") else {
            throw CommandFailure(.refused, "needs pdftotext; install poppler-utils")
        }
        // A path that begins with a hyphen is not an option.
        let arguments = Arguments(["-layout", "-enc", "UTF-8", "-q", path.hasPrefix("-") ? "./\(path)" : path, "-"])
        let found: (succeeded: Bool, output: String, message: String)?
        do {
            found = try await withThrowingTaskGroup(of: (Bool, String, String)?.self) { group in
                group.addTask {
                    let result = try await Subprocess.run(
                        .path(.init(program)), arguments: arguments, output: .string(limit: Self.maxBytes), error: .string(limit: 65_536))
                    return (result.terminationStatus.isSuccess, result.standardOutput, result.standardError)
                }
                group.addTask {
                    try await Task.sleep(for: Self.deadline)
                    return nil
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        } catch {
            throw CommandFailure(.refused, "pdftotext: \(error)")
        }
        guard let found else { throw CommandFailure(.refused, "pdftotext took longer than \(Self.deadline)") }
        guard found.succeeded else {
            let message = found.message.split(separator: "\n").first.map(String.init) ?? "no PDF file"
            throw CommandFailure(.refused, "pdftotext: \(message)")
        }
        return PDFText(pages: found.output)
    }

    /// - Parameter pages: apart by form feeds.
    init(pages output: String) {
        var pages = output.split(separator: "\u{0c}", omittingEmptySubsequences: true).map { page in
            page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
        let repeated = Self.runningLines(pages)
        for index in pages.indices {
            pages[index] = pages[index].enumerated().filter { offset, line in
                !(repeated.contains(Self.shape(of: line)) && Self.isAtEdge(offset, pages[index]))
            }.map(\.element)
        }
        let lines = pages.flatMap { $0 + [""] }
        self.title = lines.first { $0.contains(where: \.isLetter) }.map { line in
            String(line.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(200))
        }
        self.text = Self.unindented(lines).joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Heads and feet: lines at the edge of a page that are, but for numbers, on a third of the pages.
    private static func runningLines(_ pages: [[String]]) -> Set<String> {
        guard pages.count >= 3 else { return [] }
        var counts: [String: Int] = [:]
        for page in pages {
            let edges = page.enumerated().filter { self.isAtEdge($0.offset, page) }.map { self.shape(of: $0.element) }
            for line in Set(edges) where !line.isEmpty { counts[line, default: 0] += 1 }
        }
        return Set(counts.filter { $0.value * 3 >= pages.count && $0.value >= 3 }.keys)
    }

    /// Among the first or the last three lines, with nothing empty between it and the edge: a clause that begins on top of a page is none of them.
    private static func isAtEdge(_ offset: Int, _ page: [String]) -> Bool {
        func isEmpty(_ line: String) -> Bool { line.allSatisfy(\.isWhitespace) }
        guard !isEmpty(page[offset]) else { return false }
        let before = page[..<offset].drop(while: isEmpty)
        let after = page[(offset + 1)...].reversed().drop(while: isEmpty)
        return before.count < 3 && !before.contains(where: isEmpty) || after.count < 3 && !after.contains(where: isEmpty)
    }

    private static func shape(of line: String) -> String {
        line.split(whereSeparator: \.isWhitespace).joined(separator: " ").map { $0.isNumber ? "0" : String($0) }.joined()
            .replacing("00", with: "0").replacing("00", with: "0")
    }

    /// Without the margin that all lines have.
    private static func unindented(_ lines: [String]) -> [String] {
        let margin = lines.filter { $0.contains { !$0.isWhitespace } }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        return lines.map { String($0.dropFirst(min(margin, $0.prefix { $0 == " " }.count))) }
    }
}
