import Foundation

/// What runs: a colour, and the directory of its executables. Kept in the data directory, so that `up` starts what was promoted last.
struct Release: Codable, Sendable, Equatable {
    static let file = "release.json"
    /// Until something else is promoted.
    static let first = "blue"

    var colour: String
    /// Absolute.
    var directory: String

    var other: String { self.colour == "blue" ? "green" : "blue" }

    /// The one that was promoted last from a data directory; nil before the first.
    static func promoted(in directory: DataDirectory) throws(CommandFailure) -> Release? {
        let path = directory.file(Self.file)
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        do { return try JSONDecoder().decode(Release.self, from: bytes) } catch {
            throw CommandFailure(.refused, "\(path) is damaged; remove it to start the executables beside this one as colour \(Self.first)")
        }
    }

    func keep(in directory: DataDirectory) throws(CommandFailure) {
        do { try JSONEncoder().encode(self).write(to: URL(fileURLWithPath: directory.file(Self.file)), options: .atomic) } catch {
            throw CommandFailure(.refused, "cannot write \(directory.file(Self.file)): \(error)")
        }
    }
}
