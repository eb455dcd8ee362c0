import ArgumentParser
import Glibc

/// Why a command did not do what was asked: one line for the operator and the status of the process.
struct CommandFailure: Error, Equatable {
    enum Status: Int32 {
        case usage = 2
        /// The intent was refused or failed, or the server would not do it.
        case refused = 3
        /// It waits for an approval or an answer.
        case needsPerson = 4
        case unreachable = 5
        case timedOut = 6
    }

    let status: Status
    /// Empty when everything has been said.
    let message: String

    init(_ status: Status, _ message: String = "") {
        self.status = status
        self.message = message
    }

    /// Says it and leaves.
    static func exit(because error: any Error) -> Never {
        if let failure = error as? CommandFailure {
            if !failure.message.isEmpty { Terminal.standardError.write("nephoran: \(failure.message)\n") }
            Glibc.exit(failure.status.rawValue)
        }
        let code = NephoranCommand.exitCode(for: error)
        if code == .validationFailure {
            Terminal.standardError.write(NephoranCommand.fullMessage(for: error) + "\n")
            Glibc.exit(Status.usage.rawValue)
        }
        NephoranCommand.exit(withError: error)
    }
}
