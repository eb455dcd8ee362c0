import Subprocess

/// A program of the system, run to its end.
struct ToolRun {
    let succeeded: Bool
    let output: [UInt8]
    /// First line of what it said on standard error.
    let message: String

    /// - Parameter limit: bytes of standard output; more is a failure.
    static func run(
        _ program: String, _ arguments: [String], input: [UInt8] = [], limit: Int = 64 << 20, deadline: Duration = .seconds(60)
    ) async throws(CommandFailure) -> ToolRun {
        let name = program.split(separator: "/").last.map(String.init) ?? program
        let found: ToolRun?
        do {
            found = try await withThrowingTaskGroup(of: ToolRun?.self) { group in
                group.addTask {
                    let result = try await Subprocess.run(
                        .path(.init(program)), arguments: Arguments(arguments), input: .inputWriter, output: .bytes(limit: limit), error: .string(limit: 65_536)
                    ) { execution in
                        if !input.isEmpty { _ = try? await execution.standardInputWriter.write(input) }
                        try? await execution.standardInputWriter.finish()
                    }
                    let message = result.standardError.split(separator: "\n").first.map(String.init) ?? ""
                    return ToolRun(succeeded: result.terminationStatus.isSuccess, output: result.standardOutput, message: message)
                }
                group.addTask {
                    try await Task.sleep(for: deadline)
                    return nil
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        } catch {
            throw CommandFailure(.refused, "\(name): \(error)")
        }
        guard let found else { throw CommandFailure(.timedOut, "\(name) took longer than \(deadline)") }
        return found
    }
}
