import ArgumentParser
import Foundation
import IntentModel

struct TroubleshootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "troubleshoot", abstract: "Look for what is wrong, and say what to do about it.",
        discussion: """
            `intent ID` follows one intent; `latency` finds the slow stage; `connectivity` asks who reaches whom; `storage` looks at Redis, Git, the \
            archive and the disk. Without a word, all but the first. Ends with status 3 when something is wrong.
            """)

    enum Subject: String, ExpressibleByArgument, CaseIterable { case intent, latency, connectivity, storage }

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "intent, latency, connectivity or storage.") var subject: Subject?
    @Argument(help: "Of the intent.") var id: String?
    @Option(help: "Directory that up was started with, for the disk.", completion: .directory) var dataDir: String = ".nephoran"

    struct Finding: Codable, Equatable, Sendable {
        /// `ok`, `warning`, `problem`.
        var level: String
        var about: String
        var what: String
        /// What to do; absent when nothing.
        var advice: String?
    }

    func validate() throws {
        if self.subject == .intent, self.id == nil { throw ValidationError("Name the intent: troubleshoot intent ID.") }
        if self.subject != .intent, self.id != nil { throw ValidationError("Only an intent has an id.") }
    }

    func run() async throws {
        let client = try self.connection.client()
        var findings: [Finding] = []
        switch self.subject {
        case .intent: findings = try await self.intent(client, self.id ?? "")
        case .latency: findings = try await self.latency(client)
        case .connectivity: findings = try await self.connectivity(client)
        case .storage: findings = try await self.storage(client)
        case nil:
            findings = try await self.connectivity(client)
            findings += try await self.storage(client)
            findings += try await self.latency(client)
        }
        let terminal = Terminal.standardOutput
        if self.connection.output == .json {
            terminal.print(JSONText.pretty(Array(try JSONText.encode(findings))))
        } else {
            for finding in findings {
                let mark = finding.level == "ok" ? terminal.styled("ok", .green) : terminal.styled(finding.level, finding.level == "problem" ? .red : .yellow)
                terminal.print("\(mark)  \(finding.about): \(finding.what)")
                if let advice = finding.advice { terminal.print("    → \(advice)") }
            }
        }
        if findings.contains(where: { $0.level == "problem" }) { throw CommandFailure(.refused) }
    }

    // MARK: One intent

    private func intent(_ client: GatewayClient, _ id: String) async throws -> [Finding] {
        let record = try await client.get(IntentRecord.self, "/v1/intents/\(GatewayClient.encoded(id))")
        let queues = record.phase.isTerminal ? [] : try await client.get(Queues.self, "/v1/queues").queues
        return Self.findings(record, queues, now: Date())
    }

    struct Queues: Decodable { var queues: [InstallationView.Queue] }

    /// Which queue work of a phase waits on.
    private static let stages: [Phase: [String]] = [
        .received: ["interpret"], .interpreting: ["interpret"], .planning: ["plan"], .rendering: ["plan"], .executing: ["publish", "policy"],
        .verifying: ["verify"],
    ]

    /// Pure.
    static func findings(_ record: IntentRecord, _ queues: [InstallationView.Queue], now: Date) -> [Finding] {
        func age(_ text: String) -> Int { Age.date(text).map { Int(now.timeIntervalSince($0)) } ?? 0 }
        let since = record.history.last.map { age($0.at) } ?? age(record.updatedAt)
        var findings = [
            Finding(
                level: "ok", about: "intent \(record.id)",
                what: "\(record.phase.rawValue) for \(since) s; submitted \(age(record.createdAt)) s ago by \(record.request.requestedBy)")
        ]
        func add(_ level: String, _ about: String, _ what: String, _ advice: String? = nil) {
            findings.append(Finding(level: level, about: about, what: what, advice: advice))
        }
        switch record.phase {
        case .awaitingClarification:
            for question in record.clarifications ?? [] { add("warning", "question", question.question, "nephoran intent clarify \(record.id)") }
        case .awaitingApproval:
            add("warning", "approval", record.plan?.approvalReasons.joined(separator: "; ") ?? "", "nephoran intent approve \(record.id), or reject")
        case .failed: add("problem", "failure", record.problem?.detail ?? "no reason is recorded", "nephoran intent retry \(record.id), once its cause is gone")
        case .refused: add("warning", "refusal", record.problem?.detail ?? "", "submit it in other words")
        default: break
        }
        if let waits = record.waitsFor { add("warning", "turn", "waits \(waits)", "nothing, or decide the other one") }
        for conflict in record.conflicts ?? [] { add("warning", "conflict", conflict.detail) }
        for (name, track) in record.tracks.sorted(by: { $0.key < $1.key }) {
            let isBad = [Track.State.failed, .partial, .uncompensated].contains(track.state)
            add(isBad ? "problem" : "ok", "track \(name)", "\(track.state.rawValue)" + (track.detail.map { ": \($0)" } ?? ""))
        }
        for stage in self.stages[record.phase] ?? [] {
            guard let queue = queues.first(where: { $0.stage == stage }) else { continue }
            if queue.delayed > 0 {
                add("warning", "queue \(stage)", "\(queue.delayed) items are to be tried again later", "nephoran troubleshoot connectivity")
            }
            if queue.dead > 0 { add("problem", "queue \(stage)", "\(queue.dead) dead letters", "nephoran queue peek \(stage)") }
            if queue.ageSeconds > 10 {
                add("problem", "queue \(stage)", "the oldest item waits for \(Int(queue.ageSeconds)) s", "nephoran top: is its service well?")
            }
        }
        // Where the time went.
        let moments = record.history.compactMap { entry in Age.date(entry.at).map { (entry.phase, $0) } }
        let gaps = zip(moments, moments.dropFirst()).map { (phase: $0.0, seconds: $1.1.timeIntervalSince($0.1)) }
        if let longest = gaps.max(by: { $0.seconds < $1.seconds }), longest.seconds > 1 {
            add(longest.seconds > 10 ? "warning" : "ok", "time", "\((longest.seconds * 10).rounded() / 10) s of it in \(longest.phase.rawValue)")
        }
        return findings
    }

    // MARK: The installation

    private func latency(_ client: GatewayClient) async throws -> [Finding] {
        let scrapes = try await ServiceScrape(client: client).all()
        return Self.latency(scrapes, try await client.get(Queues.self, "/v1/queues").queues)
    }

    /// Pure. Limits of the handbook, in seconds.
    static func latency(_ scrapes: [String: MetricSamples], _ queues: [InstallationView.Queue]) -> [Finding] {
        var findings: [Finding] = []
        let limits = ["api-gateway": 0.3, "rag-api": 0.5]
        for (name, samples) in scrapes.sorted(by: { $0.key < $1.key }) {
            if let p95 = samples.requestP95 {
                let isSlow = p95 > limits[name] ?? 2
                findings.append(
                    Finding(
                        level: isSlow ? "warning" : "ok", about: name, what: "answers within \(TopText.time(p95)) (p95)",
                        advice: isSlow ? "docs/runbooks/LatencySLAViolation.md" : nil))
            }
            for controller in samples.values(of: "controller", in: "nephoran_processing_duration_seconds_bucket") {
                guard let p95 = samples.quantile(0.95, of: "nephoran_processing_duration_seconds", where: { $0["controller"] == controller }) else { continue }
                findings.append(
                    Finding(
                        level: p95 > 10 ? "problem" : "ok", about: "stage \(controller)", what: "takes \(TopText.time(p95)) a step (p95)",
                        advice: p95 > 10 ? "docs/runbooks/HighProcessingLatency.md" : nil))
            }
            for (series, value) in samples.values where series.name == "nephoran_circuit_breaker_state" && value > 0 {
                findings.append(
                    Finding(
                        level: "problem", about: name, what: "its breaker towards \(series.labels["upstream"] ?? "?") is \(value == 2 ? "open" : "half open")",
                        advice: "docs/runbooks/CircuitBreakerOpen.md"))
            }
        }
        for queue in queues where queue.ageSeconds > 5 {
            findings.append(
                Finding(
                    level: "warning", about: "queue \(queue.stage)", what: "\(queue.depth) wait, the oldest for \(Int(queue.ageSeconds)) s",
                    advice: "docs/runbooks/HighQueueDepth.md"))
        }
        return findings
    }

    private func connectivity(_ client: GatewayClient) async throws -> [Finding] {
        let watch = InstallationWatch(client: client)
        let view = try await watch.look()
        return view.services.map { service in
            let isWell = service.status == "ok"
            return Finding(
                level: isWell ? "ok" : service.status == "degraded" ? "warning" : "problem", about: service.name,
                what: service.status + (service.detail.map { ": \($0)" } ?? "")
                    + (service.breaker.map { $0 == "closed" ? "" : "; the gateway's breaker towards it is \($0)" } ?? ""),
                advice: isWell ? nil : "see its log, then: nephoran restart \(service.name)")
        }
    }

    private func storage(_ client: GatewayClient) async throws -> [Finding] {
        let scrapes = try await ServiceScrape(client: client).all()
        let queues = try await client.get(Queues.self, "/v1/queues").queues
        let health = try await client.get(StatusCommand.Health.self, "/v1/health")
        var findings: [Finding] = []
        let redis = health.components["redis"] ?? "unknown"
        findings.append(
            Finding(
                level: redis == "healthy" ? "ok" : "problem", about: "redis", what: redis,
                advice: redis == "healthy" ? nil : "docs/runbooks/RedisClusterDown.md"))
        let gateway = scrapes["api-gateway"] ?? MetricSamples()
        if let bytes = gateway.largest("nephoran_ledger_bytes") {
            findings.append(
                Finding(
                    level: "ok", about: "ledger",
                    what: "\(Int(bytes / 1_048_576)) MiB, \(Int(gateway.largest("nephoran_ledger_live_intents") ?? 0)) intents"))
        }
        if let intents = gateway.largest("nephoran_archive_intents") {
            findings.append(
                Finding(
                    level: "ok", about: "archive", what: "\(Int(intents)) intents, \(Int((gateway.largest("nephoran_archive_bytes") ?? 0) / 1_048_576)) MiB"))
        }
        for queue in queues where queue.dead > 0 {
            findings.append(
                Finding(
                    level: "problem", about: "queue \(queue.stage)", what: "\(queue.dead) dead letters",
                    advice: "nephoran queue peek \(queue.stage); docs/runbooks/DeadLetters.md"))
        }
        if let free = Self.freeShare(of: self.dataDir) {
            findings.append(
                Finding(
                    level: free < 0.1 ? "problem" : free < 0.2 ? "warning" : "ok", about: "disk", what: "\(Int(free * 100)) % free at \(self.dataDir)",
                    advice: free < 0.2 ? "docs/runbooks/DiskSpaceWarning.md" : nil))
        }
        return findings
    }

    /// 0 to 1; nil where there is no such directory.
    private static func freeShare(of directory: String) -> Double? {
        guard let attributes = try? FileManager.default.attributesOfFileSystem(forPath: directory),
            let size = (attributes[.systemSize] as? NSNumber)?.doubleValue, let free = (attributes[.systemFreeSize] as? NSNumber)?.doubleValue, size > 0
        else { return nil }
        return free / size
    }
}
