import AccessControl
import Hummingbird
import IntentModel
import Ledger
import Logging
import ServiceRuntime

/// The queues of the ledger and what was given up: for operators, across tenants.
struct QueueController: Sendable {
    let ledger: Ledger
    private let audit = Logger(label: "audit")

    init(ledger: Ledger) { self.ledger = ledger }

    func addRoutes(to router: some RouterMethods<AppContext>) {
        router.get("/v1/queues", use: self.list)
        router.get("/v1/queues/{stage}/dead", use: self.peek)
        router.post("/v1/queues/{stage}/dead/redrive", use: self.redrive)
        router.delete("/v1/queues/{stage}/dead", use: self.purge)
    }

    private struct Queue: Encodable {
        var stage: String
        var depth: Int
        var ageSeconds: Double
        var delayed: Int
        var dead: Int
    }

    private struct Queues: Encodable { var queues: [Queue] }

    @Sendable private func list(_ request: Request, context: AppContext) async throws -> Response {
        if let tenant = try context.requirePrincipal(.intentsRead).foreignTenant { return Response.json(Queues(queues: try await self.own(tenant))) }
        let delayed = try await self.ledger.delayedCounts()
        let queues = try await self.ledger.queueStates().map { state in
            Queue(
                stage: state.stage.rawValue, depth: state.depth, ageSeconds: Double(state.ageMilliseconds) / 1000, delayed: delayed[state.stage] ?? 0,
                dead: state.deadLetters)
        }
        return Response.json(Queues(queues: queues))
    }

    /// All tenants share the queues, so another one than the installation's is told of its own intents: how many are at which stage. Ages, and what
    /// is apart, are not known by tenant.
    private func own(_ tenant: String) async throws -> [Queue] {
        var queues: [Queue] = []
        for stage in Stage.allCases {
            let phases = stage.phases
            let depth = phases.isEmpty ? 0 : try await self.ledger.count(phases, of: tenant)
            queues.append(Queue(stage: stage.rawValue, depth: depth, ageSeconds: 0, delayed: 0, dead: 0))
        }
        return queues
    }

    private struct Letter: Encodable {
        var id: String
        var at: String
        var error: String
        var intentId: IntentID?
        var track: String?
        var attempts: Int?
        /// What the message held, when it was no work.
        var raw: String?

        init(_ letter: DeadLetter) {
            self.id = letter.id.description
            self.at = Timestamp.text(letter.id.milliseconds)
            self.error = letter.error
            self.intentId = letter.work?.id
            self.track = letter.work?.track
            self.attempts = letter.work.map { $0.attempt + 1 }
            self.raw = letter.raw
        }
    }

    private struct Letters: Encodable {
        var items: [Letter]
        var nextCursor: String?
    }

    @Sendable private func peek(_ request: Request, context: AppContext) async throws -> Response {
        try context.requirePrincipal(.admin).requireInstallation("What was given up")
        let stage = try self.stage(context)
        let query = request.uri.queryParameters
        guard let limit = Int(query["limit"] ?? "50"), (1...500).contains(limit) else {
            throw ProblemError(.badRequest, code: "invalid_query", detail: "limit must be a number from 1 to 500.")
        }
        let before = try query["cursor"].map { cursor in
            guard let id = DeadLetter.ID(cursor) else {
                throw ProblemError(.badRequest, code: "invalid_query", detail: "cursor is none that a list has given.")
            }
            return id
        }
        let letters = try await self.ledger.deadLetters(stage, limit: limit, before: before)
        return Response.json(Letters(items: letters.map(Letter.init), nextCursor: letters.count == limit ? letters.last?.id.description : nil))
    }

    private struct Redriven: Encodable {
        var redriven = 0
        var removed = 0
        var kept = 0
        /// What did not simply go on, at most 100 of them.
        var notes: [Redrive.Result] = []

        mutating func count(_ result: Redrive.Result) {
            switch result.outcome {
            case .redriven: self.redriven += 1
            case .removed: self.removed += 1
            case .kept: self.kept += 1
            }
            if result.note != nil, self.notes.count < 100 { self.notes.append(result) }
        }
    }

    @Sendable private func redrive(_ request: Request, context: AppContext) async throws -> Response {
        let principal = try context.requirePrincipal(.admin)
        try principal.requireInstallation("What was given up")
        let stage = try self.stage(context)
        let selection = try await Selection(request)
        let redrive = Redrive(ledger: self.ledger, person: principal.name)
        var answer = Redriven()
        try await self.each(stage, selection) { letters in
            for letter in letters { answer.count(try await redrive.run(letter)) }
        }
        self.audit.notice(
            "dead letters redriven",
            metadata: [
                "by": "\(principal.name)", "stage": "\(stage.rawValue)", "selected": "\(selection)", "redriven": "\(answer.redriven)",
                "removed": "\(answer.removed)",
                "kept": "\(answer.kept)",
            ]
        )
        return Response.json(answer)
    }

    private struct Purged: Encodable { var purged = 0 }

    @Sendable private func purge(_ request: Request, context: AppContext) async throws -> Response {
        let principal = try context.requirePrincipal(.admin)
        try principal.requireInstallation("What was given up")
        let stage = try self.stage(context)
        let selection = try await Selection(request)
        var answer = Purged()
        try await self.each(stage, selection) { letters in
            answer.purged += try await self.ledger.removeDeadLetters(stage, letters.map(\.id))
        }
        self.audit.notice(
            "dead letters purged",
            metadata: ["by": "\(principal.name)", "stage": "\(stage.rawValue)", "selected": "\(selection)", "purged": "\(answer.purged)"]
        )
        return Response.json(answer)
    }

    /// All: those that are there now, page by page; what comes in meanwhile is newer and stays.
    private func each(_ stage: Stage, _ selection: Selection, _ body: ([DeadLetter]) async throws -> Void) async throws {
        switch selection {
        case .some(let ids): try await body(try await self.ledger.deadLetters(stage, ids))
        case .all:
            var before: DeadLetter.ID?
            while true {
                let page = try await self.ledger.deadLetters(stage, limit: 200, before: before)
                guard let last = page.last else { return }
                try await body(page)
                before = last.id
            }
        }
    }

    private func stage(_ context: AppContext) throws -> Stage {
        let name = context.parameters.get("stage") ?? ""
        guard let stage = Stage(rawValue: name) else {
            throw ProblemError(
                .notFound, code: "not_found",
                detail: "There is no queue \(name.prefix(64)); there are \(Stage.allCases.map(\.rawValue).joined(separator: ", "))."
            )
        }
        return stage
    }
}

extension Stage {
    /// Of the intents whose work is in its queue.
    fileprivate var phases: [Phase] {
        switch self {
        case .interpret: [.received, .interpreting]
        case .plan: [.planning]
        case .publish: [.rendering, .executing]
        case .verify: [.verifying]
        case .policy, .notify, .archive: []
        }
    }
}

extension QueueController {
    /// Which letters: some by id, or with `?all=true` all of them.
    enum Selection: CustomStringConvertible {
        case some([DeadLetter.ID])
        case all

        private struct Body: Decodable { var ids: [String] }

        init(_ request: Request) async throws {
            let isAll: Bool
            switch request.uri.queryParameters["all"] {
            case "true": isAll = true
            case nil, "false": isAll = false
            case .some(let value): throw ProblemError(.badRequest, code: "invalid_query", detail: "all must be true or false, not \(value).")
            }
            if isAll {
                // Who names some cannot mean all.
                guard (try? await request.body.collect(upTo: 256))?.readableBytes == 0 else {
                    throw ProblemError(.badRequest, code: "invalid_body", detail: "all=true means every letter: it takes no body.")
                }
                self = .all
                return
            }
            let bytes = try await JSONBody.bytes(of: request, limit: 256 << 10, allowsNoContentType: true)
            let texts = try JSONBody.decode(Body.self, from: bytes).ids
            guard !texts.isEmpty, texts.count <= 1_000 else {
                throw ProblemError(
                    .badRequest, code: "invalid_body", detail: "ids must name 1…1000 letters; all=true means all of them.",
                    errors: [.init(pointer: "/ids", detail: "1…1000 ids of letters")])
            }
            self = .some(
                try texts.enumerated().map { index, text in
                    guard let id = DeadLetter.ID(text) else {
                        throw ProblemError(
                            .badRequest, code: "invalid_body", detail: "\(text.prefix(64)) is no id of a letter.",
                            errors: [.init(pointer: "/ids/\(index)", detail: "is no id of a letter")])
                    }
                    return id
                })
        }

        var description: String {
            switch self {
            case .some(let ids): "\(ids.count)"
            case .all: "all"
            }
        }
    }
}
