/// A vocabulary file that cannot be used, and where.
package struct VocabularyError: Error, CustomStringConvertible, Equatable {
    package var file: String
    /// From 1; nil when the file as a whole is meant.
    package var line: Int?
    package var reason: String

    package var description: String {
        if let line { "\(self.file):\(line): \(self.reason)" } else { "\(self.file): \(self.reason)" }
    }
}
