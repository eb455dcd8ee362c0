import Foundation

/// An index on the disk, so that the next start need not read every text again: a header, then the arrays of each segment, then a checksum.
///
/// Written anew as a whole under another name, which is then given its own: who finds it cut off or with a wrong checksum does not use it.
package enum KeywordFile {
    /// Of the layout, and of how a text becomes terms: a change of ``TermAnalyzer`` is another one.
    static let version: UInt64 = 1
    private static let magic: UInt64 = 0x3158_4457_5048_454e  // "NEHPWDX1"

    /// Why a file is not used.
    package enum Fault: Error, Equatable, CustomStringConvertible {
        case missing(path: String)
        /// Of another version, other weights, or of what the caller calls otherwise.
        case foreign(path: String)
        case damaged(path: String)
        case system(path: String, reason: String)

        package var description: String {
            switch self {
            case .missing(let path): "\(path) is not there"
            case .foreign(let path): "\(path) is of another kind or of another collection"
            case .damaged(let path): "\(path) is damaged"
            case .system(let path, let reason): "\(path): \(reason)"
            }
        }
    }

    /// Blocks.
    ///
    /// - Parameters:
    ///   - generation: of the collection; must be the same when it is read.
    ///   - form: of whatever else the passages were made with.
    package static func write(_ snapshot: KeywordSnapshot, to path: String, generation: UInt64, form: UInt64) throws(Fault) {
        let temporary = path + ".new"
        do throws(Fault) {
            var writer = try KeywordFileWriter(temporary)
            for number in [self.magic, self.version, generation, form, self.kind(of: snapshot.weights)] { try writer.write(number) }
            try snapshot.write(to: &writer)
            try writer.close(renamingTo: path)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// What was written. Blocks: some 1 GB/s when the file is in memory.
    package static func read(_ path: String, generation: UInt64, form: UInt64, weights: FieldWeights) throws(Fault) -> KeywordSnapshot {
        guard access(path, F_OK) == 0 else { throw .missing(path: path) }
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) } catch { throw .system(path: path, reason: "\(error)") }
        let result: Result<KeywordSnapshot, Fault> = data.withUnsafeBytes { bytes in
            guard bytes.count >= 48, bytes.loadUnaligned(as: UInt64.self) == self.magic else { return .failure(.foreign(path: path)) }
            guard var reader = KeywordFileReader(bytes) else { return .failure(.damaged(path: path)) }
            _ = reader.number()
            for wanted in [self.version, generation, form, self.kind(of: weights)] where reader.number() != wanted {
                return .failure(.foreign(path: path))
            }
            guard let snapshot = KeywordSnapshot(&reader, weights: weights) else { return .failure(.damaged(path: path)) }
            return .success(snapshot)
        }
        return try result.get()
    }

    private static func kind(of weights: FieldWeights) -> UInt64 {
        TermHash.of(attribute: "weights", value: "\(weights.title) \(weights.heading) \(weights.text) \(weights.k1) \(weights.b)")
    }
}
