import Foundation

/// A scenario with everything the command line adds: where, as whom, and how much of it.
struct ScenarioPlan: Sendable {
    var scenario: Scenario
    var target: Target
    var address: SocketAddress
    var files: LineFiles
    /// By name; "" is the one without a name.
    var tokens: [String: String]
    /// Multiplies every span of time, and every rate.
    var timeScale = 1.0
    var rateScale = 1.0

    /// The flows, at `rate` where they have no pace of their own.
    func flows(rate: Double? = nil) throws -> [FlowPlan] { try self.scenario.flows.map { try self.plan($0, rate) } }

    /// The name of the token of the first flow that is followed, to read the feed of events with.
    var followingToken: String? { self.scenario.flows.first { $0.follow == true }.flatMap { self.tokens[$0.token ?? ""] } }

    private func plan(_ flow: Scenario.Flow, _ rate: Double?) throws -> FlowPlan {
        var headers = (flow.request.headers ?? [:]).sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        if let token = self.tokens[flow.token ?? ""] {
            headers.append(("Authorization", "Bearer \(token)"))
        } else if let name = flow.token {
            throw LoadError.usage("\(flow.name) wants the token \(name): --token \(name)=FILE")
        }
        let body: RequestTemplate.Body
        if let file = flow.request.bodies {
            let lines = try self.files.lines(file)
            guard !lines.isEmpty else { throw LoadError.usage("there is no line in \(file)") }
            body = .lines(lines)
        } else {
            body = .template(try Template(flow.request.body ?? "", lines: self.files.lines))
        }
        let method = flow.request.method ?? (flow.request.body != nil || flow.request.bodies != nil ? "POST" : "GET")
        let prefix = self.target.path == "/" ? "" : self.target.path
        return FlowPlan(
            name: flow.name, address: self.address,
            request: RequestTemplate(
                method: method, path: try Template(prefix + flow.request.path, lines: self.files.lines), host: self.target.authority, headers: headers,
                body: body, keepsAlive: flow.keepAlive ?? true),
            pace: self.pace(flow, rate), connections: flow.connections ?? 50, keepsAlive: flow.keepAlive ?? true, timeout: flow.timeout?.value ?? 20,
            accepted: flow.accept.map(Set.init), watch: flow.follow == true ? TerminalWatch() : nil)
    }

    private func pace(_ flow: Scenario.Flow, _ rate: Double?) -> Pace {
        if let closed = flow.closed {
            return .closed(requests: closed.requests, seconds: closed.for.map { $0.value * self.timeScale }, perConnection: closed.perConnection)
        }
        if let open = flow.open {
            return .open(
                ArrivalSchedule(
                    open.map {
                        .init(duration: $0.for.value * self.timeScale, from: $0.rate * self.rateScale, to: ($0.to ?? $0.rate) * self.rateScale)
                    }))
        }
        let part = (rate ?? 0) * (flow.share ?? 1) * self.rateScale
        return .open(.constant(rate: part, for: (self.scenario.steps?.for.value ?? 10) * self.timeScale))
    }
}
