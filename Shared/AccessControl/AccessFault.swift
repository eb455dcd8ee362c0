/// What is wrong with a file of keys, tokens' keys or policy. Never holds a secret.
package struct AccessFault: Error, Equatable, CustomStringConvertible {
    /// "keys/2/hash".
    package let place: String
    package let problem: String

    package init(_ place: String, _ problem: String) {
        self.place = place
        self.problem = problem
    }

    package var description: String { self.place.isEmpty ? self.problem : "\(self.place): \(self.problem)" }
}

extension DecodingError {
    /// Where, and what is expected there; without the value that was found.
    var fault: AccessFault {
        let (context, problem): (Context, String) =
            switch self {
            case .keyNotFound(let key, let context): (context, "\(key.stringValue) is required")
            case .typeMismatch(let type, let context): (context, "\(type) is expected")
            case .valueNotFound(let type, let context): (context, "\(type) is expected")
            case .dataCorrupted(let context): (context, "is not allowed")
            @unknown default: (Context(codingPath: [], debugDescription: ""), "is not readable")
            }
        return AccessFault(context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: "/"), problem)
    }
}
