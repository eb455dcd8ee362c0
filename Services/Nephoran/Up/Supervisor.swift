import Glibc

/// Keeps processes running until told to stop.
actor Supervisor {
    private struct State {
        var child: ChildProcess?
        /// Of the last one, until the next is started.
        var ended: ChildProcess.End?
    }

    private let processes: [ProcessSpecification]
    private let logs: [String: LogFile]
    private let console: Console
    private let guardian: Guardian?
    private var states: [String: State] = [:]
    private var isStopping = false
    private var wasReady = false
    private var watches: [String: Task<Void, Never>] = [:]

    init(_ processes: [ProcessSpecification], logs directory: String, console: Console, guardian: Guardian?) {
        self.processes = processes
        self.console = console
        self.guardian = guardian
        self.logs = Dictionary(uniqueKeysWithValues: processes.map { ($0.name, LogFile(path: "\(directory)/\($0.name).log")) })
    }

    /// Starts everything at the same time; returns at once.
    func start() {
        for process in self.processes { self.watches[process.name] = Task { await self.keep(process) } }
    }

    /// Everything works: from now on a process that ends by itself is started again too.
    func isReady() { self.wasReady = true }

    /// What a process that never came up said last, once it has ended; nil while there is hope.
    func hopeless(_ name: String) -> String? {
        guard let state = self.states[name], let ended = state.ended, case .exited = ended else { return nil }
        return "\(name) \(ended)" + (self.logs[name]?.lastLine.map { ": \($0)" } ?? "")
    }

    func isRunning(_ name: String) -> Bool { self.states[name]?.child != nil }

    private func keep(_ process: ProcessSpecification) async {
        var policy = RestartPolicy()
        let clock = ContinuousClock()
        while !self.isStopping {
            let start = clock.now
            guard let end = await self.run(process) else { return }
            if self.isStopping { return }
            // What ends by itself at start has a reason that the next start would meet again.
            if !self.wasReady, case .exited = end { return }
            let pause = policy.ended(after: start.duration(to: clock.now))
            self.console.say("\(process.name) \(end), starting it again")
            try? await Task.sleep(for: pause)
        }
    }

    /// Until it ends; nil when it could not be started.
    private func run(_ process: ProcessSpecification) async -> ChildProcess.End? {
        guard let log = self.logs[process.name] else { return nil }
        let child: ChildProcess
        do throws(CommandFailure) {
            // A Redis talks much and is asked little: its file is enough.
            let pump = try LogPump(log: log, console: process.role == .service ? self.console : nil, name: process.name)
            child = try ChildProcess(
                executable: process.executable, arguments: process.arguments, environment: process.environment, output: pump.input,
                isBackground: process.isBackground
            )
            pump.start()
        } catch {
            self.console.say(error.message)
            self.states[process.name, default: State()].ended = .exited(127)
            return nil
        }
        self.guardian?.watch(child.processID, process.role)
        self.states[process.name, default: State()].child = child
        self.states[process.name]?.ended = nil
        let end = await child.end()
        self.guardian?.forget(child.processID)
        self.states[process.name]?.child = nil
        self.states[process.name]?.ended = end
        return end
    }

    /// Services first, each with time to finish; stores last. Within 14 seconds, or at once when `hurry` opens.
    func stop(hurry: Gate) async {
        self.isStopping = true
        await self.stop(.service, within: .milliseconds(10_500), hurry)
        await self.stop(.store, within: .seconds(3), hurry)
        for watch in self.watches.values { watch.cancel() }
    }

    private func stop(_ role: ProcessSpecification.Role, within limit: Duration, _ hurry: Gate) async {
        let names = self.processes.filter { $0.role == role }.map(\.name)
        func running() -> [pid_t] { names.compactMap { self.states[$0]?.child?.processID } }
        for processID in running() { kill(processID, SIGTERM) }
        let deadline = ContinuousClock.now + limit
        while !running().isEmpty, ContinuousClock.now < deadline, !hurry.isOpen { try? await Task.sleep(for: .milliseconds(10)) }
        for processID in running() {
            self.console.say("process \(processID) does not end, killing it")
            kill(-processID, SIGKILL)
        }
        let last = ContinuousClock.now + .milliseconds(500)
        while !running().isEmpty, ContinuousClock.now < last { try? await Task.sleep(for: .milliseconds(10)) }
    }
}
