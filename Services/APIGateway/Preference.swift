import Hummingbird
import ServiceRuntime

/// `Prefer: wait=N`, RFC 7240.
enum Preference {
    static let applied = HeaderName.preferenceApplied

    /// 0…60 seconds; nil when the caller does not want to wait.
    static func wait(in headers: HTTPFields) throws -> Duration? {
        guard let header = headers[HeaderName.prefer] else { return nil }
        for preference in header.split(separator: ",") {
            let parts = preference.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " && $0 != "\t" } }
            guard parts.first?.lowercased() == "wait" else { continue }
            guard parts.count == 2, let seconds = Int(parts[1]), (0...60).contains(seconds) else {
                throw ProblemError(.badRequest, code: "invalid_header", detail: "Prefer: wait takes a number of seconds from 0 to 60.")
            }
            return seconds == 0 ? nil : .seconds(seconds)
        }
        return nil
    }
}

/// `Idempotency-Key`: 1…255 visible ASCII characters.
enum IdempotencyKey {
    static func read(_ headers: HTTPFields) throws -> String? {
        guard let key = headers[HeaderName.idempotencyKey] else { return nil }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw ProblemError(.badRequest, code: "invalid_header", detail: "Idempotency-Key must have 1 to 255 visible ASCII characters.")
        }
        return key
    }
}
