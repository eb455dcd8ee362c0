import Foundation
import Testing

@testable import ServiceRuntime

@Suite struct StartMemoryTests {
    /// Resident pages of files, in KiB.
    private static func files() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssFile:") })
        return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
    }

    @Test("what was run through is given back, what was written stays, and all of it is there when it is needed again")
    func gives() throws {
        // JSON and its types are code and constants that are needed before and after.
        let text = try JSONEncoder().encode(["a": [1, 2]])
        setenv("START_MEMORY_TEST", "kept", 1)
        let before = try Self.files()
        StartMemory.giveBack()
        let after = try Self.files()
        #expect(after < before, "\(before) KiB, then \(after)")
        #expect(try JSONDecoder().decode([String: [Int]].self, from: text) == ["a": [1, 2]])
        #expect(ProcessInfo.processInfo.environment["START_MEMORY_TEST"] == "kept")
    }
}
