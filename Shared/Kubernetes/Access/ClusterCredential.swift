import Dispatch
import Foundation
import JSONSchema
import Subprocess
import Synchronization

/// What is said in `Authorization`: renewed in time, and when the server no longer takes it.
package final class ClusterCredential: Sendable {
    enum Source: Sendable, Equatable {
        case none
        case token(String)
        /// Read again every minute: service account tokens last an hour and are replaced.
        case file(String)
        case basic(String, String)
        case exec(ExecCommand)
    }

    private struct Known {
        var authorization: String
        var until: ContinuousClock.Instant
    }

    private let source: Source
    private let known = Mutex<Known?>(nil)
    static let fileAge: Duration = .seconds(60)

    init(_ source: Source) { self.source = source }

    /// Nil where none is shown.
    func authorization() async throws(KubernetesError) -> String? {
        switch self.source {
        case .none: return nil
        case .token(let token): return "Bearer " + token
        case .basic(let user, let password): return "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
        case .file, .exec: break
        }
        if let known = self.known.withLock({ $0 }), known.until > .now { return known.authorization }
        return try await self.read()
    }

    /// After a 401: false when what would be shown is the same again.
    func renew() async -> Bool {
        let before = self.known.withLock { $0?.authorization }
        switch self.source {
        case .none, .token, .basic: return false
        case .file, .exec: return (try? await self.read()).map { $0 != before } ?? false
        }
    }

    private func read() async throws(KubernetesError) -> String {
        let token: String
        var until = ContinuousClock.now + Self.fileAge
        switch self.source {
        case .file(let path): token = try await Self.token(in: path)
        case .exec(let command): (token, until) = try await Self.token(of: command)
        case .none, .token, .basic: throw .noCredentials("there are none to read")
        }
        // It goes into a header line.
        guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw .noCredentials("what was read is no token") }
        let authorization = "Bearer " + token
        self.known.withLock { $0 = Known(authorization: authorization, until: until) }
        return authorization
    }

    private static func token(in path: String) async throws(KubernetesError) -> String {
        let text: String? = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: try? String(contentsOfFile: path, encoding: .utf8)) }
        }
        guard let text else { throw .noCredentials("\(path) cannot be read") }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Runs the program, which has ten seconds and writes an `ExecCredential`.
    private static func token(of command: ExecCommand) async throws(KubernetesError) -> (String, ContinuousClock.Instant) {
        let version = command.apiVersion ?? ""
        let information: JSONValue = ["apiVersion": .string(version), "kind": "ExecCredential", "spec": ["interactive": false]]
        var environment: [Environment.Key: String?] = ["KUBERNETES_EXEC_INFO": information.text]
        for variable in command.env ?? [] { environment[Environment.Key(stringLiteral: variable.name)] = variable.value }
        let overrides = environment
        let output: String
        do {
            output = try await withThrowingTaskGroup(of: String?.self) { group in
                group.addTask {
                    let executable: Executable = command.command.contains("/") ? .path(.init(command.command)) : .name(command.command)
                    let result = try await Subprocess.run(
                        executable, arguments: Arguments(command.args ?? []), environment: .inherit.updating(overrides),
                        output: .string(limit: 1 << 20), error: .discarded)
                    guard result.terminationStatus.isSuccess else {
                        throw KubernetesError.noCredentials("\(command.command) failed (\(result.terminationStatus))")
                    }
                    return result.standardOutput
                }
                group.addTask {
                    try await Task.sleep(for: .seconds(10))
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let output = first else {
                    throw KubernetesError.noCredentials("\(command.command) did not end within 10 s")
                }
                return output
            }
        } catch let error as KubernetesError {
            throw error
        } catch {
            throw .noCredentials("\(command.command) cannot be run")
        }
        guard let credential = try? JSONValue(parsing: output), credential["kind"]?.string == "ExecCredential", let status = credential["status"],
            let token = status["token"]?.string
        else { throw .noCredentials("\(command.command) wrote no ExecCredential with a token") }
        var until = ContinuousClock.now + Self.fileAge
        if let expiry = status["expirationTimestamp"]?.string, let date = try? Date(expiry, strategy: .iso8601) {
            until = .now + .seconds(max(0, date.timeIntervalSinceNow - 10))
        }
        return (token, until)
    }
}
