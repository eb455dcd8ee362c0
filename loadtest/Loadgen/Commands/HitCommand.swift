import ArgumentParser
import Foundation

/// One request again and again; the options are hey's where hey has them.
struct HitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "hit", abstract: "Send one kind of request to a URL (what is done without a subcommand).")

    @Argument(help: "http://host:port/path") var url: String
    @Option(name: .customShort("n"), help: "Requests in all.") var requests: Int = 200
    @Option(name: .customShort("c"), help: "Connections, each with one request at a time.") var connections: Int = 50
    @Option(name: .customShort("z"), help: "For how long to send, such as 10s; -n is ignored then.") var duration: String?
    @Option(name: .customShort("q"), help: "Most requests a second of each connection.") var perConnection: Double?
    @Option(name: .customShort("m"), help: "Method.") var method: String = "GET"
    @Option(name: .customShort("H"), parsing: .singleValue, help: "A header, 'Name: value'; may be repeated.") var headers: [String] = []
    @Option(name: .customShort("t"), help: "Seconds until an answer is given up; 0 is never.") var timeout: Double = 20
    @Option(name: .customShort("A"), help: "Accept header.") var accept: String?
    @Option(name: .customShort("d"), help: "Body; with --template its places are filled in.") var body: String?
    @Option(name: .customShort("D"), help: "File with the body.", completion: .file()) var bodyFile: String?
    @Option(name: .customShort("T"), help: "Content-Type.") var contentType: String = "text/html"
    @Option(name: .customShort("a"), help: "user:password for Basic authentication.") var credentials: String?
    @Option(name: .customShort("o"), help: "csv writes every request to standard output instead of the summary.") var output: String?
    @Option(name: .customLong("host", withSingleDash: true), help: "Host header.") var host: String?
    @Option(name: [.customLong("cpus", withSingleDash: true), .customLong("threads")], help: "Threads to send from.") var threads: Int = 1
    @Flag(name: [.customLong("disable-keepalive", withSingleDash: true), .customLong("disable-keepalive")], help: "A connection for every request.")
    var disablesKeepAlive = false
    @Option(name: .customLong("rate"), help: "Open loop: so many requests a second, due whatever the answers do.") var rate: Double?
    @Flag(name: .customLong("template"), help: "Fill in {{seq}}, {{uuid}}, {{run}}, {{int:1-5}} and {{pick:FILE}} in path and body.") var isTemplate = false
    @Option(name: .customLong("bodies"), help: "File of bodies, one a line, taken in turn.", completion: .file()) var bodies: String?
    @Option(name: .customLong("accept-status"), parsing: .singleValue, help: "A status that is no error; may be repeated. Without it 200…399.") var statuses:
        [Int] = []
    @Flag(name: .customLong("follow"), help: "Follow accepted intents to their end by GET /v1/events.") var follows = false
    @Option(name: .customLong("token-file"), help: "File with the bearer token.", completion: .file()) var tokenFile: String?
    @Option(name: .customLong("seed"), help: "Of what is random in a template.") var seed: UInt64 = 1
    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard self.connections > 0, self.requests > 0, self.threads > 0, self.timeout >= 0 else {
            throw ValidationError("-n, -c and -cpus take numbers above 0.")
        }
        guard self.duration != nil || self.requests >= self.connections || self.rate != nil else { throw ValidationError("-n cannot be less than -c.") }
        guard self.output == nil || self.output == "csv" else { throw ValidationError("-o takes csv.") }
        guard (self.perConnection ?? 1) > 0, (self.rate ?? 1) > 0 else { throw ValidationError("-q and --rate take numbers above 0.") }
        guard [self.body, self.bodyFile, self.bodies].count(where: { $0 != nil }) <= 1 else { throw ValidationError("-d, -D and --bodies exclude each other.") }
    }

    func run() async throws {
        let target = try Target(self.url)
        let token = try self.tokenFile.map(TokenFile.read)
        var test = LoadTest(name: "\(self.method) \(self.url)", target: target, threads: self.threads, seed: self.seed, token: token)
        test.expectations = try self.report.expectations()
        test.showsProgress = self.report.showsProgress && self.output == nil
        let flow = try self.flow(target, token)
        let control = RunControl(threads: self.threads, flows: 1)
        let signals = StopSignal(control)
        defer { signals.release() }
        let started = Date()
        let measured = try await test.measure([flow], control)
        let report = test.report(measured, started: started)
        if self.output == "csv" { print(CSVReport.lines(measured.samples), terminator: "") }
        var options = self.report
        if self.output == "csv" { options.quiet = true }
        try options.write(report, measured.samples)
        guard measured.flows.contains(where: { $0.answers > 0 }) else {
            throw LoadError.environment("nothing was answered: \(measured.flows.first?.faults.keys.sorted().first ?? "no request was sent")")
        }
        if !report.holds { throw ExitCode(1) }
    }

    private func flow(_ target: Target, _ token: String?) throws -> FlowPlan {
        let files = LineFiles(directory: FileManager.default.currentDirectoryPath)
        func template(_ text: String) throws -> Template {
            // Without being asked for, braces are braces.
            self.isTemplate ? try Template(text, lines: files.lines) : Template(literal: text)
        }
        var headers: [(name: String, value: String)] = try self.headers.map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { throw LoadError.usage("\(line) is no header such as 'Name: value'") }
            return (String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces))
        }
        let given = Set(headers.map { $0.name.lowercased() })
        if !given.contains("content-type") { headers.append(("Content-Type", self.contentType)) }
        if let accept { headers.append(("Accept", accept)) }
        if let credentials { headers.append(("Authorization", "Basic \(Data(credentials.utf8).base64EncodedString())")) }
        if let token { headers.append(("Authorization", "Bearer \(token)")) }
        let body: RequestTemplate.Body
        if let bodies {
            let lines = try files.lines(bodies)
            guard !lines.isEmpty else { throw LoadError.usage("there is no line in \(bodies)") }
            body = .lines(lines)
        } else {
            body = .template(try template(try self.bodyFile.map { String(decoding: try files.bytes($0), as: UTF8.self) } ?? self.body ?? ""))
        }
        let hostHeader = headers.first { $0.name.lowercased() == "host" }?.value
        headers.removeAll { $0.name.lowercased() == "host" }
        return FlowPlan(
            name: "requests", address: try target.resolve(),
            request: RequestTemplate(
                method: self.method.uppercased(), path: try template(target.path), host: self.host ?? hostHeader ?? target.authority, headers: headers,
                body: body, keepsAlive: !self.disablesKeepAlive),
            pace: try self.pace(), connections: self.connections, keepsAlive: !self.disablesKeepAlive, timeout: self.timeout == 0 ? 1e6 : self.timeout,
            accepted: self.statuses.isEmpty ? nil : Set(self.statuses), watch: self.follows ? TerminalWatch() : nil,
            keepsSamples: self.output == "csv" || self.report.csv != nil)
    }

    private func pace() throws -> Pace {
        let seconds = try self.duration.map { text in
            guard let seconds = DurationText.seconds(text), seconds > 0 else { throw LoadError.usage("-z takes a span of time such as 10s, not \(text)") }
            return seconds
        }
        if let rate { return .open(.constant(rate: rate, for: seconds ?? Double(self.requests) / rate)) }
        // As hey has it: every connection does the same number.
        return .closed(
            requests: seconds == nil ? self.requests / self.connections * self.connections : nil, seconds: seconds, perConnection: self.perConnection)
    }
}

/// A bearer token in a file, without the end of its line.
enum TokenFile {
    static func read(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else { throw LoadError.environment("\(path) cannot be read") }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
