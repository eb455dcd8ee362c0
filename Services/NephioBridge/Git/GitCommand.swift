import Glibc
import Subprocess

/// What a git process left behind.
struct GitOutput: Sendable {
    var succeeded: Bool
    var output: [UInt8]
    /// Standard error, for people and for telling a lost race from a fault.
    var message: String
}

/// Runs git on one repository. Nothing of the machine's or the user's configuration takes part unless the command
/// talks to a remote, so that hooks, signing or line-ending settings of an account cannot change what is published.
struct GitCommand: Sendable {
    /// The bare repository.
    let directory: String
    let program: Executable

    private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    /// - Parameter executable: a path, or a name that is looked for in `PATH` now: launched by name, a process would be forked for every
    ///   directory of `PATH` until one has it.
    init(directory: String, executable: String = "git") {
        self.directory = directory
        guard !executable.contains("/") else {
            self.program = .path(.init(executable))
            return
        }
        let directories = getenv("PATH").map { String(cString: $0).split(separator: ":") } ?? []
        let found = directories.map { directory -> String in "\(directory)/\(executable)" }.first { candidate in access(candidate, X_OK) == 0 }
        self.program = found.map { Executable.path(.init($0)) } ?? .name(executable)
    }

    /// Runs git and waits for its end.
    ///
    /// - Parameters:
    ///   - settings: git configuration for this run, handed over in the environment: secrets must not be seen in a process list.
    ///   - limit: bytes of standard output kept; more is an error.
    ///   - deadline: after this time git is terminated, and killed if that does not help.
    func run(
        _ arguments: [String], input: [UInt8] = [], settings: [String: String] = [:], isolated: Bool = true,
        limit: Int = 512 << 20, deadline: Duration = .seconds(60)
    ) async throws(GitError) -> GitOutput {
        let command = arguments.first { !$0.hasPrefix("-") && !$0.contains("=") } ?? "git"
        let launch = self.arguments(arguments)
        do {
            return try await withThrowingTaskGroup(of: GitOutput?.self) { group in
                group.addTask {
                    let pinned = try await GitOutbound.settings(for: settings["remote.origin.url"], command: command)
                    let surroundings = Self.environment(settings.merging(pinned) { $1 }, isolated: isolated)
                    let result = try await Subprocess.run(
                        self.program, arguments: launch, environment: surroundings, platformOptions: Self.platformOptions,
                        input: .inputWriter, output: .bytes(limit: limit), error: .string(limit: 1 << 20)
                    ) { execution in
                        // A git that ends early closes the pipe; its status and message say more than the failed write.
                        if !input.isEmpty { _ = try? await execution.standardInputWriter.write(input) }
                        try? await execution.standardInputWriter.finish()
                    }
                    return GitOutput(
                        succeeded: result.terminationStatus.isSuccess, output: result.standardOutput, message: result.standardError
                    )
                }
                group.addTask {
                    try await Task.sleep(for: deadline)
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let output = first else { throw GitError.timedOut(command: command) }
                return output
            }
        } catch let error as GitError {
            throw error
        } catch {
            throw .failed(command: command, message: "\(error)")
        }
    }

    /// As ``run(_:input:settings:isolated:limit:deadline:)``, and a failure of git is an error.
    @discardableResult
    func output(_ arguments: [String], input: [UInt8] = [], deadline: Duration = .seconds(60)) async throws(GitError) -> [UInt8] {
        let result = try await self.run(arguments, input: input, deadline: deadline)
        guard result.succeeded else {
            throw .failed(command: arguments.first { !$0.hasPrefix("-") && !$0.contains("=") } ?? "git", message: result.message.trimmed)
        }
        return result.output
    }

    func arguments(_ arguments: [String]) -> Arguments { Arguments(["--git-dir", self.directory] + arguments) }

    /// A group of its own: an interrupt typed at a terminal reaches the service, which drains, and not its git half-way.
    static let platformOptions: PlatformOptions = {
        _ = Self.ignoreBrokenPipes
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500))]
        return options
    }()

    /// What of the environment would win over these settings, widen whom they trust, or switch them off.
    static func rivals(of settings: [String: String]) -> [String] {
        (settings["http.sslCAInfo"] == nil ? [] : ["GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_NO_VERIFY"])
            + (settings["core.sshCommand"] == nil ? [] : ["GIT_SSH_COMMAND", "GIT_SSH"])
    }

    static func environment(_ additional: [String: String], isolated: Bool) -> Environment {
        var changes: [Environment.Key: String?] = [
            "GIT_DIR": nil, "GIT_WORK_TREE": nil, "GIT_INDEX_FILE": nil, "GIT_OBJECT_DIRECTORY": nil, "GIT_ALTERNATE_OBJECT_DIRECTORIES": nil,
            "GIT_NAMESPACE": nil, "GIT_TRACE": nil, "GIT_TRACE_CURL": nil, "GIT_CONFIG_PARAMETERS": nil,
            "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "GIT_AUTHOR_DATE": nil, "GIT_COMMITTER_DATE": nil,
        ]
        for name in Self.rivals(of: additional) { changes[Environment.Key(stringLiteral: name)] = .some(nil) }
        if isolated {
            changes["GIT_CONFIG_NOSYSTEM"] = "1"
            changes["GIT_CONFIG_GLOBAL"] = "/dev/null"
        }
        // A volume mounted into a container often belongs to another user than the process; git takes that for an attack.
        var settings = [("safe.directory", "*"), ("core.hooksPath", "/dev/null")]
        for (name, value) in additional.sorted(by: { $0.key < $1.key }) { settings.append((name, value)) }
        changes["GIT_CONFIG_COUNT"] = String(settings.count)
        for (position, setting) in settings.enumerated() {
            changes[Environment.Key(stringLiteral: "GIT_CONFIG_KEY_\(position)")] = setting.0
            changes[Environment.Key(stringLiteral: "GIT_CONFIG_VALUE_\(position)")] = setting.1
        }
        return .inherit.updating(changes)
    }
}

extension String {
    var trimmed: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        return String(text)
    }
}
