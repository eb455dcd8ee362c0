/// A setting that is unknown, or that nothing can be done with. Its description is the one line the operator sees.
package struct InvalidSetting: Error, Sendable, Equatable, CustomStringConvertible {
    private enum Fault: Equatable {
        case unknown
        case value(String)
        /// The value is long, secret or the name of something that is in order itself: only what is wrong is said.
        case reason
    }

    package let key: String
    private let fault: Fault
    /// What is allowed instead, or what is wrong.
    package let allowed: String
    /// Where it was found: `command line`, `environment`, the file's path.
    package let source: String?

    /// - Parameter value: already hidden when the setting is a secret.
    package init(key: String, value: String, allowed: String, source: String? = nil) {
        self.key = key
        self.fault = .value(value)
        self.allowed = allowed
        self.source = source
    }

    package init(key: String, reason: String, source: String? = nil) {
        self.key = key
        self.fault = .reason
        self.allowed = reason
        self.source = source
    }

    /// There is no setting of this name.
    package init(unknown key: String, allowed: String, source: String) {
        self.key = key
        self.fault = .unknown
        self.allowed = allowed
        self.source = source
    }

    package var value: String? { if case .value(let value) = self.fault { value } else { nil } }

    package var description: String {
        let place = self.source.map { " (\($0))" } ?? ""
        return switch self.fault {
        case .unknown: "\(self.key)\(place) is not a setting; allowed: \(self.allowed)"
        case .value(let value): "\(self.key)=\"\(value)\"\(place) is not allowed; allowed: \(self.allowed)"
        case .reason: "\(self.key)\(place) cannot be used: \(self.allowed)"
        }
    }
}
