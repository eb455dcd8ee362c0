import NIOCore
import Telemetry

/// An error in the one line that ends the process.
enum FailureText {
    static func line(for error: any Error) -> String {
        let text =
            switch error {
            case let error as IOError where error.errnoCode == 98: "the address is in use (\(error))"
            case let error as IOError where error.errnoCode == 13: "the port may not be opened (\(error))"
            default: "\(error)"
            }
        return Redaction.text(text.replacing("\n", with: " "))
    }
}
