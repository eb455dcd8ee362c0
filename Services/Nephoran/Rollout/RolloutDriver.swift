import AccessControl
import Foundation
import IntentModel
import HTTPFetch
import Ledger

/// Carries rollouts out for a running `up`: the new colour beside the old, judged, promoted, watched, and taken back when it is not good enough.
/// What has been done is in the ledger, so that one that was cut short goes on; see docs/decisions/043.
actor RolloutDriver {
    typealias Say = @Sendable (String) -> Void

    private static let startLimit = Duration.seconds(40)
    static let drainLimit = Duration.seconds(30)
    /// For looking up, after the start of `up`, whether there is a rollout to go on with.
    private static let lookLimit = Duration.seconds(10)
    /// How often it is looked for what was asked over the API.
    static let wishInterval = Duration.seconds(1)
    /// In which services are replaced: those that are asked before those that ask, the gateway last.
    static let order = ["rag-api", "llm-processor", "manifest-generator", "nephio-bridge", "oran-adaptor", "api-gateway"]

    let supervisor: Supervisor
    let plan: UpPlan
    let directory: DataDirectory
    let console: Console
    private let fetcher = ReadinessProbe.fetcher(ProcessInfo.processInfo.environment)
    var release: Release
    var ledger: RolloutLedger?
    var run: RolloutRun?
    var options: RolloutOptions?
    var standby: [ProcessSpecification] = []
    var isBusy = false
    var wantsBack = false

    init(supervisor: Supervisor, plan: UpPlan, directory: DataDirectory, console: Console) {
        self.supervisor = supervisor
        self.plan = plan
        self.directory = directory
        self.console = console
        self.release = plan.release
    }

    // MARK: What is asked for

    func start(_ options: RolloutOptions, _ say: Say) async throws(CommandFailure) {
        try await self.take()
        defer { self.isBusy = false }
        let ledger = try await self.open()
        if self.run == nil { self.run = try await ledger.run() }
        if let run, !run.state.isOver { throw CommandFailure(.refused, "rollout \(run.id) is \(run.state.rawValue); promote or abort it") }
        let isRolling = options.strategy == .rolling
        let target = Release(colour: isRolling ? self.release.colour : self.release.other, directory: options.binaries)
        try UpPlan.checkExecutables(self.plan.services(of: target))
        // The roles first: a run that is refused there is none, and the last one stays what it was.
        if !isRolling { try await ledger.begin(target.colour, beside: self.release.colour) }
        let id = Secret.random().prefix(8).lowercased()
        self.run = RolloutRun(
            id: String(id), state: .starting, from: self.release.colour, fromDirectory: self.release.directory, to: target.colour,
            toDirectory: target.directory, startedAt: Timestamp.text(Timestamp.now()))
        self.run?.strategy = options.strategy.rawValue
        self.options = options
        try await self.enter(.starting, "\(target.colour) from \(target.directory)", say)
        if isRolling { return try await self.roll(to: target, options, say) }
        do throws(CommandFailure) {
            try await self.startBeside(target, say)
            try await self.enter(.analysing, nil, say)
            try await self.analyse("preview", self.standby, options.measurements, say)
            try self.goOn()
            if options.strategy == .canary { try await self.share(options, say) }
        } catch {
            try await self.undo(error.message, say)
            throw CommandFailure(.refused, "\(target.colour) was taken back: \(error.message)")
        }
        try await self.enter(.waiting, "it passed", say)
        if options.promotes { return try await self.switchOver(say) }
        try await self.giveUpIfAsked(say)
        say("nephoran rollout promote, or the console, makes it active; abort takes it back")
    }

    func promote(_ say: Say) async throws(CommandFailure) {
        try await self.take()
        defer { self.isBusy = false }
        guard let run, run.state == .waiting || run.state == .promoting else { throw CommandFailure(.refused, "there is no rollout that waits to be promoted") }
        for process in self.standby where run.state == .waiting {
            if await self.supervisor.isRunning(process.name) { continue }
            try await self.undo("\(process.name) has ended meanwhile", say)
            throw CommandFailure(.refused, "\(run.to) was taken back: \(process.name) has ended meanwhile")
        }
        try await self.switchOver(say)
    }

    func abort(_ say: Say) async throws(CommandFailure) {
        guard let run, !run.state.isOver else { throw CommandFailure(.refused, "there is no rollout to take back") }
        if self.isBusy {
            // Whoever is at it sees to it at its next step.
            self.wantsBack = true
            say("rollout \(run.id) is \(run.state.rawValue); it will be taken back")
            return
        }
        self.isBusy = true
        defer { self.isBusy = false }
        try await self.undo("asked for", say)
    }

    /// Back to what was active before the last rollout, after its end.
    func back(_ say: Say) async throws(CommandFailure) {
        try await self.take()
        defer { self.isBusy = false }
        if self.run == nil { self.run = try await self.open().run() }
        guard let run, run.state == .done else { throw CommandFailure(.refused, "there is no rollout that is done") }
        try UpPlan.checkExecutables(self.plan.services(of: Release(colour: run.from, directory: run.fromDirectory)))
        try await self.takeBack("asked for", say)
    }

    func close() { self.ledger?.close() }

    // MARK: Steps

    private func take() async throws(CommandFailure) {
        // Just after the start of `up` it is still being looked whether there is one to go on with.
        let end = ContinuousClock.now + Self.lookLimit
        while self.isBusy, self.run == nil, ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(20)) }
        guard !self.isBusy else {
            let what = self.run.map { "rollout \($0.id) is \($0.state.rawValue) already" }
            throw CommandFailure(.refused, what ?? "the ledger does not say whether there is a rollout")
        }
        self.isBusy = true
        self.wantsBack = false
    }

    func open() async throws(CommandFailure) -> RolloutLedger {
        if let ledger { return ledger }
        let environment = self.plan.processes.first { $0.role == .service }?.environment ?? [:]
        guard let url = environment["REDIS_URL"], !url.isEmpty else {
            throw CommandFailure(.usage, "a rollout must know the ledger's Redis: name it with --redis or REDIS_URL, not in the file of settings")
        }
        let opened = try await RolloutLedger.open(url, environment)
        self.ledger = opened
        return opened
    }

    func enter(_ state: RolloutRun.State, _ detail: String?, _ say: Say) async throws(CommandFailure) {
        guard var run else { return }
        run.state = state
        run.detail = detail
        run.updatedAt = Timestamp.text(Timestamp.now())
        self.run = run
        let line = "\(run.to) \(state.rawValue)" + (detail.map { ": \($0)" } ?? "")
        say(line)
        self.console.say("rollout \(run.id): \(line)")
        try await self.open().keep(run)
    }

    func startBeside(_ target: Release, _ say: Say) async throws(CommandFailure) {
        // Its knowledge is what it brings itself. The repository of previews stays: the active colour may have it open.
        for name in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: self.directory.file("preview/knowledge.sqlite\(name)")) }
        do { try FileManager.default.createDirectory(atPath: self.directory.file("preview"), withIntermediateDirectories: true) } catch {
            throw CommandFailure(.refused, "cannot make \(self.directory.file("preview")): \(error)")
        }
        var ports: [Int] = []
        while ports.count < UpPlan.services.count {
            let port = FreePort.next()
            guard port > 0 else { throw CommandFailure(.refused, "there are no ports left") }
            if !ports.contains(port) { ports.append(port) }
        }
        let standby = self.plan.standby(of: target, ports: ports)
        self.standby = standby
        try await self.supervisor.add(standby)
        try await ReadinessProbe(supervisor: self.supervisor, console: self.console).wait(for: standby, within: Self.startLimit)
    }

    func analyse(_ what: String, _ processes: [ProcessSpecification], _ count: Int, _ say: Say) async throws(CommandFailure) {
        guard let options, let run else { return }
        let analysis = RolloutAnalysis(
            services: processes.compactMap { process in process.address.map { (process.service, $0) } }, token: try self.token(), fetcher: self.fetcher,
            run: run.id, options: options)
        for number in 1...max(1, count) {
            if number > 1 { await self.pause(.seconds(options.interval)) }
            try self.goOn()
            let measurement = await analysis.measure(what, number: number)
            self.run?.measurements.append(measurement)
            say(
                "\(what) \(number)/\(count): \(measurement.requests) requests, \((measurement.successRate * 1_000).rounded(.down) / 10) % succeeded, p95 \(Int(measurement.p95Seconds * 1_000)) ms"
            )
            if let kept = self.run { try await self.open().keep(kept) }
            for process in processes where process.isStandby {
                if let reason = await self.supervisor.hopeless(process.name) { throw CommandFailure(.refused, reason) }
            }
            if let fault = measurement.fault { throw CommandFailure(.refused, fault) }
        }
    }

    /// Throws when somebody has asked to take everything back meanwhile.
    func goOn() throws(CommandFailure) {
        if self.wantsBack { throw CommandFailure(.refused, "asked for") }
    }

    private func giveUpIfAsked(_ say: Say) async throws(CommandFailure) {
        guard self.wantsBack, let run else { return }
        try await self.undo("asked for", say)
        throw CommandFailure(.refused, "\(run.to) was taken back: asked for")
    }

    private func pause(_ time: Duration) async {
        let end = ContinuousClock.now + time
        while !self.wantsBack, ContinuousClock.now < end {
            guard (try? await Task.sleep(for: .milliseconds(100))) != nil else { return }
        }
    }

    /// Partitions go over, then listeners; watched afterwards, with the way back open.
    func switchOver(_ say: Say) async throws(CommandFailure) {
        guard let run, let options else { return }
        let target = Release(colour: run.to, directory: run.toDirectory)
        if run.state == .waiting { try await self.giveUpIfAsked(say) }
        try await self.enter(.promoting, nil, say)
        do throws(CommandFailure) {
            try await self.open().promote(run.to, over: run.from)
            try await self.replaceAll(by: target, say)
            self.release = target
            try target.keep(in: self.directory)
            await self.dropStandby()
            try await self.enter(.watching, "the way back is open for \(Int(options.scaleDownDelay)) s", say)
            try await self.watch(options, say)
        } catch {
            try await self.takeBack(error.message, say)
            throw CommandFailure(.refused, "\(run.to) was taken back: \(error.message)")
        }
        self.run?.share = nil
        try await self.enter(.done, nil, say)
    }

    func watch(_ options: RolloutOptions, _ say: Say) async throws(CommandFailure) {
        try self.goOn()
        guard options.scaleDownDelay > 0 else { return }
        let end = ContinuousClock.now + .seconds(options.scaleDownDelay)
        let services = self.plan.services(of: self.release)
        var number = 1
        repeat {
            try await self.analyse("promoted", services, 1, say)
            number += 1
            await self.pause(min(.seconds(options.interval), ContinuousClock.now.duration(to: end)))
            try self.goOn()
        } while ContinuousClock.now < end && number <= options.measurements
        await self.pause(ContinuousClock.now.duration(to: end))
        try self.goOn()
    }

    func replaceAll(by release: Release, _ say: Say) async throws(CommandFailure) {
        let services = Dictionary(uniqueKeysWithValues: self.plan.services(of: release).map { ($0.name, $0) })
        for name in Self.order {
            guard let service = services[name], await self.supervisor.runs(service) == false else { continue }
            let done = try await self.supervisor.replace(name, with: service, within: Self.drainLimit)
            say("\(name)  process \(done.old) replaced by \(done.new)")
        }
    }

    func dropStandby() async {
        await self.supervisor.remove(self.standby.map(\.name), within: Self.drainLimit)
        self.standby = []
    }

    private func token() throws(CommandFailure) -> String? {
        let environment = self.plan.processes.first { $0.role == .service }?.environment ?? [:]
        if let token = environment["AUTH_TOKEN"], !token.isEmpty { return token }
        guard let path = environment["AUTH_TOKEN_FILE"], let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return SecretWords.of(text.trimmingCharacters(in: .whitespacesAndNewlines), least: 32).first
    }
}
