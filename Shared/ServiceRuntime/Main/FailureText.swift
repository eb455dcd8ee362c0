import Telemetry

/// An error in the one line that ends the process.
enum FailureText {
    static func line(for error: any Error) -> String { Redaction.text("\(error)".replacing("\n", with: " ")) }
}
