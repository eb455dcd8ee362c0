import Glibc

/// Keeps processes running until told to stop.
actor Supervisor {
    /// One run of a process.
    private final class Run: Sendable {
        let child: ChildProcess
        let pump: LogPump
        let end: Task<ChildProcess.End, Never>

        init(_ child: ChildProcess, _ pump: LogPump, _ end: Task<ChildProcess.End, Never>) {
            self.child = child
            self.pump = pump
            self.end = end
        }
    }

    private struct State {
        /// The one that is kept running.
        var current: Run?
        /// That one, and others that drain or are not ready yet.
        var running: Set<pid_t> = []
        /// Of the last one, until the next is started.
        var ended: ChildProcess.End?
        /// Has what that one said last.
        var pump: LogPump?
        var isBeingReplaced = false
    }

    /// A process that took over from another.
    struct Replacement: Sendable, Equatable {
        var old: pid_t
        var new: pid_t
        /// Until the new one was ready.
        var start: Duration
        /// From then until the old one had left.
        var drain: Duration
    }

    private var processes: [ProcessSpecification]
    private var sockets: [String: ListeningSocket]
    private var logs: [String: LogFile]
    private let logDirectory: String
    private let console: Console
    private let guardian: Guardian?
    private var states: [String: State] = [:]
    private var isStopping = false
    private var wasReady = false
    private var watches: [String: Task<Void, Never>] = [:]

    /// Listens on the ports of the processes that have one.
    init(_ processes: [ProcessSpecification], logs directory: String, console: Console, guardian: Guardian?) throws(CommandFailure) {
        self.processes = processes
        self.logDirectory = directory
        self.console = console
        self.guardian = guardian
        self.logs = Dictionary(uniqueKeysWithValues: processes.map { ($0.name, LogFile(path: "\(directory)/\($0.name).log")) })
        var sockets: [String: ListeningSocket] = [:]
        for process in processes { if let port = process.port { sockets[process.name] = try ListeningSocket(port: port) } }
        self.sockets = sockets
    }

    /// Starts everything at the same time; returns at once.
    func start() {
        for process in self.processes { self.watches[process.name] = Task { await self.keep(process.name) } }
    }

    /// Everything works: from now on a process that ends by itself is started again too.
    func isReady() { self.wasReady = true }

    /// What a process that never came up said last, once it has ended; nil while there is hope.
    func hopeless(_ name: String) async -> String? {
        guard let state = self.states[name], let ended = state.ended else { return nil }
        if case .signalled = ended, !self.isStandby(name) { return nil }
        let said = await state.pump?.lastLine()
        return "\(name) \(ended)" + (said.map { ": \($0)" } ?? "")
    }

    /// Whether it is this program that is kept running under its name.
    func runs(_ process: ProcessSpecification) -> Bool {
        self.specification(process.name).map { $0.executable == process.executable && $0.environment == process.environment } ?? false
    }

    func isRunning(_ name: String) -> Bool { self.states[name]?.current != nil }

    private func isStandby(_ name: String) -> Bool { self.specification(name)?.isStandby == true }

    private func specification(_ name: String) -> ProcessSpecification? { self.processes.first { $0.name == name } }

    private func keep(_ name: String) async {
        var policy = RestartPolicy()
        let clock = ContinuousClock()
        // Looked up each time: another program may have taken its place.
        while !self.isStopping, let process = self.specification(name) {
            let start = clock.now
            guard let end = await self.run(process) else { return }
            if self.isStopping || process.isStandby { return }
            // What ends by itself at start has a reason that the next start would meet again.
            if !self.wasReady, case .exited = end { return }
            let pause = policy.ended(after: start.duration(to: clock.now))
            self.console.say("\(process.name) \(end), starting it again")
            try? await Task.sleep(for: pause)
        }
    }

    /// Until it, or the last that took over from it, ends; nil when it could not be started.
    private func run(_ process: ProcessSpecification) async -> ChildProcess.End? {
        do throws(CommandFailure) {
            // One that is to take over may have become ready while its predecessor's restart was waited for.
            if !self.isRunning(process.name) { self.states[process.name, default: State()].current = try self.launch(process) }
        } catch {
            self.console.say(error.message)
            self.states[process.name, default: State()].ended = .exited(127)
            return nil
        }
        self.states[process.name]?.ended = nil
        while let run = self.states[process.name]?.current {
            let end = await run.end.value
            guard self.states[process.name]?.current === run else { continue }
            self.states[process.name]?.current = nil
            self.states[process.name]?.ended = end
            self.states[process.name]?.pump = run.pump
            return end
        }
        return nil
    }

    private func launch(_ process: ProcessSpecification, announcing ready: ReadyLine? = nil) throws(CommandFailure) -> Run {
        guard let log = self.logs[process.name] else { throw CommandFailure(.refused, "no process \(process.name)") }
        // A Redis talks much and is asked little: its file is enough.
        let pump = try LogPump(log: log, console: process.role == .service ? self.console : nil, name: process.name)
        var environment = process.environment
        var inherited: [Int32: Int32] = [:]
        if let socket = self.sockets[process.name] {
            environment["LISTEN_FD"] = "\(ListeningSocket.number)"
            inherited[ListeningSocket.number] = socket.descriptor
        }
        if let ready {
            environment["READY_FD"] = "\(ReadyLine.number)"
            inherited[ReadyLine.number] = ready.writing
        }
        let child = try ChildProcess(
            executable: process.executable, arguments: process.arguments, environment: environment, output: pump.input, inherited: inherited,
            isBackground: process.isBackground
        )
        pump.start()
        self.guardian?.watch(child.processID, process.role)
        self.states[process.name, default: State()].running.insert(child.processID)
        return Run(
            child, pump,
            Task {
                let end = await child.end()
                self.gone(child.processID, process.name)
                return end
            }
        )
    }

    private func gone(_ processID: pid_t, _ name: String) {
        self.guardian?.forget(processID)
        self.states[name]?.running.remove(processID)
    }

    // MARK: Beside others

    /// Runs further processes beside those that are there, under names of their own; they are not started again when they end.
    func add(_ standby: [ProcessSpecification]) throws(CommandFailure) {
        guard self.wasReady, !self.isStopping else { throw CommandFailure(.refused, "everything is being \(self.isStopping ? "stopped" : "started")") }
        for process in standby {
            guard self.specification(process.name) == nil else { throw CommandFailure(.refused, "\(process.name) is there already") }
            if let port = process.port { self.sockets[process.name] = try ListeningSocket(port: port) }
            self.logs[process.name] = LogFile(path: "\(self.logDirectory)/\(process.name).log")
            self.processes.append(process)
            self.watches[process.name] = Task { await self.keep(process.name) }
        }
    }

    /// Ends them again, each with time to finish what it has begun.
    func remove(_ names: [String], within limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            for name in names {
                for processID in self.states[name]?.running ?? [] { group.addTask { await self.leave(processID, name, within: limit) } }
            }
        }
        for name in names {
            self.processes.removeAll { $0.name == name }
            self.sockets.removeValue(forKey: name)?.close()
            self.watches.removeValue(forKey: name)
            self.states[name] = nil
            self.logs[name] = nil
        }
    }

    // MARK: Replacing

    /// Starts a service anew beside the one that runs, on the same socket; once it is ready the old one is told to drain.
    ///
    /// - Parameter limit: for the new one to become ready, and for the old one to leave. A new one that does not is killed, and the old
    ///   one goes on as if nothing had been asked.
    ///   - successor: what is started, and kept running from then on; nil for the same once more.
    func replace(_ name: String, with successor: ProcessSpecification? = nil, within limit: Duration) async throws(CommandFailure) -> Replacement {
        guard let present = self.processes.first(where: { $0.name == name && $0.role == .service && !$0.isStandby }) else {
            let names = self.processes.filter { $0.role == .service && !$0.isStandby }.map(\.name).joined(separator: ", ")
            throw CommandFailure(.usage, "there is no service \(name); there are \(names)")
        }
        guard self.wasReady, !self.isStopping else { throw CommandFailure(.refused, "\(name) is being \(self.isStopping ? "stopped" : "started")") }
        guard self.states[name]?.isBeingReplaced == false else { throw CommandFailure(.refused, "\(name) is being restarted already") }
        self.states[name]?.isBeingReplaced = true
        defer { self.states[name]?.isBeingReplaced = false }

        let process = successor ?? present
        let clock = ContinuousClock()
        let start = clock.now
        let ready = try ReadyLine()
        defer { ready.close() }
        let new: Run
        do {
            defer { Glibc.close(ready.writing) }
            new = try self.launch(process, announcing: ready)
        }
        guard await ready.isReady(within: limit), !self.isStopping else {
            kill(-new.child.processID, SIGKILL)
            // Not the last line of their common log: the old one writes there, too.
            let said = await new.pump.lastLine()
            throw CommandFailure(.refused, "the new \(name) did not become ready, the old one goes on" + (said.map { ": \($0)" } ?? ""))
        }
        let took = start.duration(to: clock.now)
        let old = self.states[name]?.current?.child.processID ?? 0
        self.states[name]?.current = new
        if let index = self.processes.firstIndex(where: { $0.name == name }) { self.processes[index] = process }
        if old > 0 { await self.leave(old, name, within: limit) }
        return Replacement(old: old, new: new.child.processID, start: took, drain: start.duration(to: clock.now) - took)
    }

    private func leave(_ processID: pid_t, _ name: String, within limit: Duration) async {
        func isThere() -> Bool { self.states[name]?.running.contains(processID) == true }
        if isThere() { kill(processID, SIGTERM) }
        let deadline = ContinuousClock.now + limit
        while isThere(), ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(10)) }
        guard isThere() else { return }
        self.console.say("process \(processID) does not end, killing it")
        kill(-processID, SIGKILL)
    }

    // MARK: Stopping

    /// Services first, each with time to finish; stores last. Within 14 seconds, or at once when `hurry` opens.
    func stop(hurry: Gate) async {
        self.isStopping = true
        await self.stop(.service, within: .milliseconds(10_500), hurry)
        await self.stop(.store, within: .seconds(3), hurry)
        for watch in self.watches.values { watch.cancel() }
    }

    private func stop(_ role: ProcessSpecification.Role, within limit: Duration, _ hurry: Gate) async {
        let names = self.processes.filter { $0.role == role }.map(\.name)
        func running() -> [pid_t] { names.flatMap { self.states[$0]?.running ?? [] } }
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
