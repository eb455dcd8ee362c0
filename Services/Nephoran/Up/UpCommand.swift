import ArgumentParser
import Foundation
import RedisClient

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Run everything on this machine: the six services and, unless one is named, a private Redis.",
        discussion: """
            Prints one line per service and then "ready http://127.0.0.1:8080", where the console is, and the file of its key. What dies is restarted; SIGINT and SIGTERM drain and stop everything.
            `nephoran restart` replaces services without anybody noticing.
            Settings of the services come from the environment and from --config.
            """
    )

    @Option(help: "Directory for everything that is written.", completion: .directory) var dataDir: String = ".nephoran"
    @Option(help: "Port of the gateway; the other services follow.") var portBase: Int = 8080
    @Option(
        help:
            "Redis of the ledger instead of a private one: redis://[:password@]host:port/db, redis://host:port,host:port,… or redis+sentinel://host:port,…/name."
    ) var redis: String?
    @Option(help: "YAML file of settings.", completion: .file(extensions: ["yaml", "yml"])) var config: String?
    @Option(help: "Seconds until everything must be ready.") var readyTimeout: Int = 60
    @Flag(help: "Keep the services' log lines in the files under logs/.") var quiet = false

    func validate() throws {
        guard (1...65_530).contains(self.portBase) else { throw ValidationError("--port-base takes 1…65530.") }
        guard self.readyTimeout > 0 else { throw ValidationError("--ready-timeout takes seconds above 0.") }
        if let redis {
            do throws(RedisError) { _ = try RedisConfiguration(url: redis) } catch { throw ValidationError("--redis: \(error.message).") }
        }
    }

    func run() async throws {
        let stop = StopSignals()
        let directory = try DataDirectory(path: self.dataDir)
        let lock = try await directory.lock()
        FileDescriptorLimit.raise()

        let environment = ProcessInfo.processInfo.environment
        let plan = try UpPlan(
            portBase: self.portBase, redis: self.redis, config: try self.config.map { try ConfigurationFile(path: $0) }, directory: directory,
            release: try Release.promoted(in: directory) ?? Release(colour: Release.first, directory: Executables.directory),
            redisServer: Executables.find("redis-server", in: environment), environment: environment
        )
        try plan.checkExecutables()
        try directory.prepare(for: plan)

        let console = Console(showsServices: !self.quiet, width: plan.processes.map(\.name.count).max() ?? 0)
        let guardian = try Guardian(lock: lock)
        let supervisor = try Supervisor(plan.processes, logs: directory.logs, console: console, guardian: guardian)
        let control = try ControlSocket(directory: directory)
        let rollout = RolloutDriver(supervisor: supervisor, plan: plan, directory: directory, console: console)
        control.serve { words, say async throws(CommandFailure) in
            if words.first == "rollout" { return try await Self.rollOut(words, rollout, say) }
            try await Self.obey(words, supervisor, console, say)
        }
        await supervisor.start()
        let outcome = await Self.serve(supervisor, plan, console, rollout, stop, within: .seconds(self.readyTimeout))
        control.close()
        await rollout.close()
        await supervisor.stop(hurry: stop.second)
        guardian.dismiss()
        console.say("stopped")
        if let outcome { throw outcome }
    }

    /// What `nephoran restart` asks for.
    private static func obey(
        _ words: [String], _ supervisor: Supervisor, _ console: Console, _ say: @Sendable (String) -> Void
    ) async throws(CommandFailure) {
        guard words.first == "restart" else { throw CommandFailure(.usage, "this is not something up does: \(words.first ?? "nothing")") }
        for name in words.dropFirst() {
            let done = try await supervisor.replace(name, within: .seconds(30))
            let line =
                "\(name)  process \(done.old) replaced by \(done.new), ready after \(done.start.wholeMilliseconds) ms, drained in \(done.drain.wholeMilliseconds) ms"
            console.say(line)
            say(line)
        }
    }

    /// What `nephoran rollout` asks for.
    private static func rollOut(_ words: [String], _ rollout: RolloutDriver, _ say: @escaping RolloutDriver.Say) async throws(CommandFailure) {
        switch (words.dropFirst().first, words.count) {
        case ("start", 3):
            guard let text = words[2].removingPercentEncoding, let options = try? JSONDecoder().decode(RolloutOptions.self, from: Data(text.utf8)) else {
                throw CommandFailure(.usage, "the request is not understood; is up of another version?")
            }
            if let fault = options.fault { throw CommandFailure(.usage, fault) }
            try await rollout.start(options, say)
        case ("promote", 2): try await rollout.promote(say)
        case ("back", 2): try await rollout.back(say)
        case ("abort", 2): try await rollout.abort(say)
        default: throw CommandFailure(.usage, "this is not something up does: \(words.joined(separator: " "))")
        }
    }

    /// Until the operator says stop; what went wrong otherwise.
    private static func serve(
        _ supervisor: Supervisor, _ plan: UpPlan, _ console: Console, _ rollout: RolloutDriver, _ stop: StopSignals, within limit: Duration
    ) async -> CommandFailure? {
        await withTaskGroup(of: CommandFailure?.self) { group in
            group.addTask {
                await stop.first()
                return nil
            }
            group.addTask {
                do throws(CommandFailure) {
                    try await ReadinessProbe(supervisor: supervisor, console: console).wait(for: plan.processes, within: limit)
                } catch {
                    return error
                }
                await supervisor.isReady()
                console.say("ready \(plan.gateway)")
                if let file = plan.keyFile { console.say("open it in a browser; the key to sign in with is in \(file)") }
                // On its own: who stops `up` does not wait for the end of a rollout, and the next start goes on with it.
                Task { await rollout.resume() }
                await stop.first()
                return nil
            }
            let outcome = await group.next() ?? nil
            group.cancelAll()
            stop.release()
            return outcome
        }
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int { Int(self / .milliseconds(1)) }
}
