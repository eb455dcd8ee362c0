import ArgumentParser
import AuditLog
import Foundation

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Who did what: prove that the log is whole, search it, take it elsewhere.",
        subcommands: [AuditVerifyCommand.self, AuditSearchCommand.self, AuditExportCommand.self]
    )
}

struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check every entry of the log, and its heads in Git.",
        discussion: """
            Reads files and needs no service. Names the first bad entry of each chain and ends with status 3 when there is one.
            Without a repository, or with one that holds no anchor, nobody can tell that the end of a log was cut off: that is said.
            """)

    @Option(help: "Data directory of nephoran up.", completion: .directory) var dataDir: String = ".nephoran"
    @Option(help: "Directory of the log; else audit in the data directory.", completion: .directory) var log: String?
    @Option(help: "An export instead of a directory.", completion: .file(extensions: ["ndjson"])) var file: String?
    @Option(help: "Repository with the anchors; else gitops.git or gitops-mirror.git in the data directory. none: without.", completion: .directory)
    var repository: String?
    @Option(help: "How old the newest anchor may be, such as 1h; without one, or with an older one, the log is not sound.") var maxAnchorAge: SpanArgument?
    @Option(help: "File of who may sign anchors, as ssh-keygen has it; each is looked at.", completion: .file()) var allowedSigners: String?
    @Option(help: "text or json.") var output: OutputFormat = .text

    struct Answer: Encodable {
        var sound: Bool
        var anchors: Int
        var chains: [AuditReport.Chain]
        var faults: [AuditFault]
    }

    func run() async throws {
        let anchors = try await self.anchors()
        let report = try self.report(anchors.heads)
        let stale = self.stale(anchors.newest)
        let isSound = report.isSound && stale == nil
        let answer = Answer(sound: isSound, anchors: anchors.commits, chains: report.chains, faults: report.faults)
        let terminal = Terminal.standardOutput
        switch self.output {
        case .json: terminal.print(JSONText.pretty([UInt8](try JSONText.encode(answer))))
        case .text:
            for fault in report.faults { terminal.print(terminal.styled("\(fault)", .red)) }
            let entries = report.chains.reduce(0) { $0 + $1.entries }
            if let stale { terminal.print(terminal.styled(stale, .red)) }
            terminal.print("\(isSound ? "sound" : "NOT SOUND"): \(entries) entries in \(report.chains.count) chains, \(anchors.commits) anchors")
            if anchors.commits == 0 { terminal.print("without an anchor: an end that was cut off would not be seen") }
        }
        if !isSound { throw CommandFailure(.refused) }
    }

    /// Whoever can move the ref back takes the anchors with him that would show what he took away; only their age shows that.
    func stale(_ newest: Date?, now: Date = .now) -> String? {
        guard let maxAnchorAge else { return nil }
        guard let newest else { return "there is no anchor" }
        let age = now.timeIntervalSince(newest)
        return age * 1_000 > Double(maxAnchorAge.milliseconds) ? "the newest anchor is \(Int(age)) s old" : nil
    }

    private func report(_ anchors: [AuditHead]) throws -> AuditReport {
        do throws(AuditFailure) {
            guard let file else { return try AuditReport(of: AuditDirectory(path: self.log ?? self.dataDir + "/audit"), anchors: anchors) }
            return AuditReport(ofExport: try AuditDirectory.lines(of: file, maxBytes: .max), name: file, anchors: anchors)
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }

    private func anchors() async throws(CommandFailure) -> GitAnchors {
        if self.repository == "none" { return GitAnchors(heads: [], commits: 0) }
        if let repository { return try await GitAnchors.read(repository, allowedSigners: self.allowedSigners) }
        var found = GitAnchors(heads: [], commits: 0)
        for name in ["gitops.git", "gitops-mirror.git"] {
            let path = self.dataDir + "/" + name
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let anchors = try await GitAnchors.read(path, allowedSigners: self.allowedSigners)
            if anchors.commits > found.commits { found = anchors }
        }
        return found
    }
}

struct AuditSearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "search", abstract: "Find entries, newest first.")

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Only of this key, person or service.") var who: String?
    @Option(help: "Only of this tenant.") var tenant: String?
    @Option(help: "Only this: submit, approve, reject, cancel, rollback, retry, clarify, advance, refused, POST, PUT, DELETE.") var verb: String?
    @Option(help: "Only of this intent.") var intent: String?
    @Option(help: "Only then or later: 2026-05-28, or 2026-05-28T20:26:40Z.") var from: String?
    @Option(help: "Only before.") var to: String?
    @Flag(help: "Without what the services did.") var people = false
    @Option(help: "At most this many, 1…500.") var limit: Int = 50
    @Option(help: "Where the last page ended.") var cursor: String?

    struct Page: Decodable {
        var items: [AuditEntry]
        var nextCursor: String?
    }

    func validate() throws {
        guard (1...500).contains(self.limit) else { throw ValidationError("--limit takes 1…500.") }
    }

    func run() async throws {
        var query = [("limit", "\(self.limit)")]
        let wanted = [
            ("who", self.who), ("tenant", self.tenant), ("verb", self.verb), ("intent", self.intent), ("from", self.from), ("to", self.to),
            ("cursor", self.cursor), ("people", self.people ? "true" : nil),
        ]
        for (name, value) in wanted { if let value { query.append((name, value)) } }
        let body = try await self.connection.client().call("GET", "/v1/audit/entries", query: query).body
        let terminal = Terminal.standardOutput
        guard self.connection.output == .text else { return terminal.print(JSONText.pretty(body)) }
        let page = try GatewayClient.decode(Page.self, body)
        guard !page.items.isEmpty || page.nextCursor != nil else { return terminal.print("no entries") }
        var table = Table("AT", "WHO", "TENANT", "VERB", "OUTCOME", "OBJECT")
        for entry in page.items {
            let detail = entry.detail.map { "  \($0)" } ?? ""
            table.add(entry.at, entry.who, entry.tenant ?? "-", entry.verb, entry.outcome, entry.object + detail)
        }
        for line in table.lines(width: terminal.width, style: { terminal.styled($0, .bold) }) { terminal.print(line) }
        if let cursor = page.nextCursor { terminal.print(terminal.styled("more: --cursor \(cursor)", .dim)) }
    }
}

struct AuditExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the whole log, one entry a line, as it is on disk.",
        discussion: "Check it anywhere with: nephoran audit verify --file FILE --repository REPOSITORY. A file is there in full or not at all.")

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "File to write; else standard output.", completion: .file(extensions: ["ndjson"])) var file: String?

    func run() async throws {
        let client = try self.connection.client()
        let stream = try await client.stream("/v1/audit/export", headers: [], timeout: .seconds(86_400), maxBytes: .max)
        try await ExportFile.save(stream, as: self.file)
    }
}
