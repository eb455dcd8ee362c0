import ArgumentParser
import Foundation
import HTTPFetch
import IntentModel

struct UpgradeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade", abstract: "A rollout with the handbook's checklist before it and its functional test after it.",
        subcommands: [UpgradeCheckCommand.self, UpgradeRunCommand.self, UpgradeRollbackCommand.self])
}

/// Whether an installation may be upgraded now.
struct UpgradeReadiness: Codable, Sendable {
    struct Item: Codable, Sendable {
        var name: String
        /// `ok`, `warning`, `blocked`.
        var state: String
        var detail: String
    }

    var at: String
    var from: String?
    var to: String?
    var ready_for_upgrade: Bool
    var items: [Item]
}

struct UpgradeCheckOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Directory of the new executables.", completion: .directory) var binaries: String?
    @Option(help: "Directory or file of backups; the newest must be younger than a day.", completion: .file()) var backups: String?
    @Option(help: "Address of Weaviate, where there is one; it must answer.") var weaviate: String?
    @Option(help: "Address of the language model's server, where there is one; it must answer.") var llm: String?

    func check() async throws(CommandFailure) -> UpgradeReadiness {
        let client = try self.connection.client()
        let view = try await InstallationWatch(client: client).look()
        var items: [UpgradeReadiness.Item] = []
        func add(_ name: String, _ state: String, _ detail: String) { items.append(.init(name: name, state: state, detail: detail)) }
        let unwell = view.services.filter { $0.status != "ok" && $0.status != "degraded" }
        add(
            "services", unwell.isEmpty ? "ok" : "blocked", unwell.isEmpty ? "all are well" : unwell.map { "\($0.name) is \($0.status)" }.joined(separator: ", ")
        )
        add("intents in progress", view.active < 10 ? "ok" : "warning", "\(view.active)")
        if let rollout = view.rollout, !["rolledBack", "aborted"].contains(where: { rollout.hasSuffix($0) }) { add("rollout", "blocked", rollout) }
        if let backups { items.append(Self.backup(backups, now: Date())) } else { add("backup", "warning", "not looked for; name its place with --backups") }
        for (name, address) in [("weaviate", self.weaviate.map { $0 + "/v1/.well-known/ready" }), ("language model", self.llm)] {
            guard let address else { continue }
            let answer = try? await HTTPFetcher().fetch(FetchRequest(url: address, timeout: .seconds(5), maxResponseBytes: 1 << 20))
            add(name, answer?.status == 200 ? "ok" : "blocked", answer.map { "answered \($0.status)" } ?? "does not answer")
        }
        let from = view.services.first?.version
        var to: String?
        if let binaries {
            let found = await Self.versions(in: binaries)
            to = found["api-gateway"]
            items.append(Self.compatibility(from: from, found))
        }
        return UpgradeReadiness(
            at: Date().formatted(.iso8601), from: from, to: to, ready_for_upgrade: !items.contains { $0.state == "blocked" }, items: items)
    }

    static func backup(_ path: String, now: Date) -> UpgradeReadiness.Item {
        let manager = FileManager.default
        let files = (try? manager.contentsOfDirectory(atPath: path).map { path + "/" + $0 }) ?? [path]
        let newest = files.compactMap { try? manager.attributesOfItem(atPath: $0)[.modificationDate] as? Date }.max()
        guard let newest else { return .init(name: "backup", state: "blocked", detail: "there is none at \(path)") }
        let hours = Int(now.timeIntervalSince(newest) / 3_600)
        return .init(name: "backup", state: hours < 24 ? "ok" : "blocked", detail: "the newest is \(hours) h old")
    }

    /// What the executables say of themselves.
    static func versions(in directory: String) async -> [String: String] {
        var versions: [String: String] = [:]
        for name in UpPlan.services {
            let run = try? await ToolRun.run(directory + "/" + name, ["--version"], limit: 1_024, deadline: .seconds(5))
            guard let run, run.succeeded, let word = String(decoding: run.output, as: UTF8.self).split(whereSeparator: \.isWhitespace).last else { continue }
            versions[name] = String(word)
        }
        return versions
    }

    /// Pure. Within a major version records and calls are understood both ways.
    static func compatibility(from: String?, _ found: [String: String]) -> UpgradeReadiness.Item {
        let missing = UpPlan.services.filter { found[$0] == nil }
        guard missing.isEmpty else {
            return .init(name: "executables", state: "blocked", detail: "\(missing.joined(separator: ", ")) cannot be asked for a version")
        }
        let versions = Set(found.values)
        guard versions.count == 1, let to = versions.first else {
            return .init(name: "executables", state: "blocked", detail: "they are of different versions: \(versions.sorted().joined(separator: ", "))")
        }
        func major(_ version: String) -> Substring { version.prefix { $0 != "." } }
        guard let from, major(from) == major(to) else {
            return .init(name: "executables", state: "blocked", detail: "from \(from ?? "an unknown version") to \(to) there is no way without an interruption")
        }
        return .init(name: "executables", state: "ok", detail: "\(from) to \(to)")
    }

    func show(_ readiness: UpgradeReadiness) throws {
        let terminal = Terminal.standardOutput
        guard self.connection.output == .text else { return terminal.print(JSONText.pretty(Array(try JSONText.encode(readiness)))) }
        for item in readiness.items {
            terminal.print(
                "\(terminal.styled(item.state, item.state == "ok" ? .green : item.state == "warning" ? .yellow : .red))  \(item.name): \(item.detail)")
        }
        terminal.print(readiness.ready_for_upgrade ? "ready for the upgrade" : "not ready for the upgrade")
    }
}

struct UpgradeCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "check", abstract: "Go through the checklist. Ends with status 3 when it forbids the upgrade.")

    @OptionGroup var options: UpgradeCheckOptions

    func run() async throws {
        let readiness = try await self.options.check()
        try self.options.show(readiness)
        if !readiness.ready_for_upgrade { throw CommandFailure(.refused) }
    }
}

struct UpgradeRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Check, give notice, roll out, test, and take everything back when the test fails.",
        discussion:
            "Callers are told by a header for as long as it takes. The new executables are promoted when they pass. Then an intent is tried through the preview path, which changes nothing of the network."
    )

    @OptionGroup var options: UpgradeCheckOptions
    @Option(help: "Seconds for the functional test.") var testLimit: Int = 60
    @Option(help: "Measurements that must be good.") var measurements: Int = 5
    @Option(help: "Seconds between two measurements.") var interval: Double = 30
    @Option(help: "Seconds for which the promoted ones are watched.") var scaleDownDelay: Double = 30
    @Option(help: "How they take over.") var strategy: RolloutStrategy = .blueGreen
    @Option(help: "What callers are told meanwhile; empty for nothing.") var notice: String?
    @Option(help: "Directory that up was started with.", completion: .directory) var dataDir: String = ".nephoran"

    /// For a notice to be gone when this command is killed: longer than any upgrade takes.
    private static let noticeSeconds = 7_200

    /// The handbook's words.
    static let sentence = "Test intent for upgrade validation - deploy AMF with 2 replicas"

    func validate() throws {
        guard self.options.binaries != nil else { throw ValidationError("--binaries names the directory of the new executables.") }
        guard (1...3_600).contains(self.testLimit) else { throw ValidationError("--test-limit takes 1…3600 seconds.") }
        if let fault = self.rollout(of: "").fault { throw ValidationError(fault) }
    }

    private func rollout(of directory: String) -> RolloutOptions {
        var rollout = RolloutOptions(binaries: directory)
        (rollout.promotes, rollout.measurements, rollout.interval, rollout.scaleDownDelay) = (true, self.measurements, self.interval, self.scaleDownDelay)
        rollout.strategy = self.strategy
        return rollout
    }

    func run() async throws {
        let readiness = try await self.options.check()
        try self.options.show(readiness)
        guard readiness.ready_for_upgrade, let binaries = self.options.binaries else { throw CommandFailure(.refused) }
        let notice = self.notice ?? "upgrade" + (readiness.to.map { " to \($0)" } ?? "")
        guard !notice.isEmpty else { return try await self.upgrade(readiness, binaries) }
        let client = try self.options.connection.client()
        struct Body: Encodable {
            var notice: String
            var seconds: Int
        }
        _ = try await client.call("PUT", "/v1/maintenance", body: Array(try JSONEncoder().encode(Body(notice: notice, seconds: Self.noticeSeconds))))
        Terminal.standardOutput.print("notice: \(notice)")
        // Ended also after a failure, of which more is to be said than that the notice could not be ended.
        do { try await self.upgrade(readiness, binaries) } catch {
            _ = try? await client.call("DELETE", "/v1/maintenance")
            throw error
        }
        _ = try await client.call("DELETE", "/v1/maintenance")
    }

    private func upgrade(_ readiness: UpgradeReadiness, _ binaries: String) async throws {
        let former = try await self.options.connection.client().get(RolloutStatusCommand.Answer.self, "/v1/rollout").active
        let rollout = self.rollout(of: URL(fileURLWithPath: binaries).standardizedFileURL.path)
        let text = GatewayClient.encoded(String(decoding: try JSONText.encode(rollout), as: UTF8.self))
        try await ControlSocket.command("rollout start \(text)", of: self.dataDir)
        do {
            try await self.test()
        } catch {
            Terminal.standardOutput.print("the functional test failed, going back to \(former ?? Release.first)")
            try await ControlSocket.command("rollout back", of: self.dataDir)
            throw error
        }
        Terminal.standardOutput.print("upgraded to \(readiness.to ?? "")")
    }

    /// Through the preview path: proves reading, planning, publishing and reading back, and leaves nothing in the network.
    private func test() async throws {
        let client = try self.options.connection.client()
        struct Body: Encodable {
            var intent: String
            var priority = "high"
            var namespace: String
        }
        struct Answer: Decodable { var id: String }
        let body = Body(intent: Self.sentence, namespace: "upgrade-\(Secret.random().prefix(8).lowercased())")
        let accepted = try await client.call("POST", "/v1/intents", headers: [("canary", "true")], body: Array(try JSONEncoder().encode(body)))
        let id = try GatewayClient.decode(Answer.self, accepted.body).id
        let deadline = ContinuousClock.now + .seconds(self.testLimit)
        while ContinuousClock.now < deadline {
            let record = try await client.get(IntentRecord.self, "/v1/intents/\(id)")
            switch record.phase {
            case .published, .fulfilled, .awaitingApproval: return Terminal.standardOutput.print("functional test: \(record.phase.rawValue)")
            case let phase where phase.isTerminal || phase.awaitsPerson:
                throw CommandFailure(.refused, "the test intent \(id) ended \(phase.rawValue): \(record.problem?.detail ?? "")")
            default: try await Task.sleep(for: .milliseconds(250))
            }
        }
        throw CommandFailure(.timedOut, "the test intent \(id) was not at its end within \(self.testLimit) s")
    }
}

struct UpgradeRollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Go back to what was active before the last rollout.",
        discussion: "The same step backwards; its executables must still be there.")

    @Option(help: "Directory that up was started with.", completion: .directory) var dataDir: String = ".nephoran"

    func run() async throws { try await ControlSocket.command("rollout back", of: self.dataDir) }
}
