import Foundation
import Subprocess

/// A run of `hey`, a client that is not ours and that does not forgive.
struct Hey: Sendable {
    struct NotRead: Error, CustomStringConvertible { let description: String }

    var statuses: [Int: Int] = [:]
    /// Connections refused, reset or without an answer.
    var errors: [String] = []
    var slowest = 0.0

    var count: Int { self.statuses.values.reduce(0, +) }
    var others: [Int: Int] { self.statuses.filter { !(200..<300).contains($0.key) } }

    /// - Parameter rate: requests a second of each of the clients; 0 for as many as it can.
    static func run(
        _ url: String, key: String, clients: Int, rate: Int, for time: Duration, post body: String? = nil, keepsConnections: Bool = true
    ) async throws -> Hey {
        var arguments = ["-z", "\(Int(time.seconds))s", "-c", "\(clients)", "-q", "\(rate)", "-t", "20", "-H", "Authorization: Bearer \(key)"]
        if let body { arguments += ["-m", "POST", "-T", "application/json", "-d", body] }
        if !keepsConnections { arguments.append("-disable-keepalive") }
        let result = try await Subprocess.run(
            .name("hey"), arguments: Arguments(arguments + [url]), output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
        guard result.terminationStatus.isSuccess else { throw NotRead(description: result.standardError) }
        return try Self(report: result.standardOutput)
    }

    init(report: String) throws {
        var section = ""
        for line in report.split(separator: "\n") {
            let text = line.trimmingCharacters(in: .whitespaces)
            if !line.hasPrefix(" ") { section = text }
            if text.hasPrefix("Slowest:") { self.slowest = text.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0 }
            guard text.hasPrefix("["), let end = text.firstIndex(of: "]"), let number = Int(text[text.index(after: text.startIndex)..<end]) else { continue }
            let rest = text[text.index(after: end)...].trimmingCharacters(in: .whitespaces)
            if section.hasPrefix("Status code") { self.statuses[number] = rest.split(separator: " ").first.flatMap { Int($0) } ?? 0 }
            if section.hasPrefix("Error") { self.errors.append("\(number) × \(rest)") }
        }
        guard !self.statuses.isEmpty || !self.errors.isEmpty else { throw NotRead(description: "hey said: \(report)") }
    }
}
