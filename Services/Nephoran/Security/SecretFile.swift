import AccessControl
import Foundation
import Glibc

/// A file with a secret that services read again when it changes, in the course of being replaced or not.
struct SecretFile: Sendable {
    let path: String
    /// Characters below which two words are no two secrets, to the services as well.
    let least: Int

    var isThere: Bool { access(self.path, F_OK) == 0 }

    /// The first is shown and signs, all are believed.
    func words() throws(CommandFailure) -> [String] {
        guard let text = try? String(contentsOfFile: self.path, encoding: .utf8) else { throw CommandFailure(.usage, "cannot read \(self.path)") }
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !secret.isEmpty else { throw CommandFailure(.usage, "\(self.path) is empty") }
        return SecretWords.of(secret, least: self.least)
    }

    /// Whether it could stand beside another one.
    func canBeBeside(_ secret: String) -> Bool { secret.utf8.count >= self.least && !secret.contains(where: \.isWhitespace) }

    /// Whole or not at all: a reader sees the old file or the new one.
    func write(_ words: [String]) throws(CommandFailure) { try WholeFile(path: self.path).write(words.joined(separator: "\n") + "\n") }

    /// When it was last written.
    func changed() -> Date? { (try? FileManager.default.attributesOfItem(atPath: self.path))?[.modificationDate] as? Date }
}
