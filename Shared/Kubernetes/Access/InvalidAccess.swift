/// Why no API server can be called with what was given.
package struct InvalidAccess: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file, and the place in it, that is wrong.
    package let place: String
    package let reason: String

    package init(_ place: String, _ reason: String) {
        self.place = place
        self.reason = reason
    }

    package var description: String { "\(self.place): \(self.reason)" }
}
