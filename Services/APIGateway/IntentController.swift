import AccessControl
import Crypto
import Foundation
import Hummingbird
import IntentModel
import Ledger
import ServiceClient
import ServiceRuntime

/// Submitting and looking at intents.
struct IntentController: Sendable {
    let ledger: Ledger
    let waiter: IntentWaiter
    let dryRun: DryRun
    let bridge: ServiceClient
    let admission: Admission
    let flood: FloodGauge
    let maxBytes: Int
    let callbacks: CallbackPolicy?
    let reader: IntentReader
    let quota: TenantQuota

    func addRoutes(to router: some RouterMethods<AppContext>) {
        router.post("/v1/intents", use: self.submit)
        router.get("/v1/intents", use: self.list)
        router.get("/v1/intents/{id}", use: self.show)
        router.get("/v1/intents/{id}/manifests", use: self.manifests)
    }

    // MARK: Submitting

    /// `202` once the intent is on disk.
    @Sendable func submit(_ request: Request, context: AppContext) async throws -> Response {
        // A dry run stores nothing: reading is enough for it.
        let dryRun = request.uri.queryParameters["dryRun"]
        let principal = try context.requirePrincipal(dryRun == "true" ? .intentsRead : .intentsWrite)
        if dryRun != "true" { try self.admission.checkOpen() }
        let body = try await JSONBody.bytes(of: request, limit: self.maxBytes, mediaTypes: ["text/plain", "text/html"], allowsNoContentType: true)
        let bytes = Array(body.readableBytesView)
        let submission = try IntentSubmission(json: bytes, callbacks: self.callbacks)
        let intent = submission.request(by: principal)

        switch dryRun {
        case "true": return Response.json(try await self.dryRun.run(intent))
        case nil, "false": break
        case .some(let value):
            throw ProblemError(.badRequest, code: "invalid_query", detail: "dryRun must be true or false, not \(value).")
        }
        let wait = try Preference.wait(in: request.headers)
        let key = try IdempotencyKey.read(request.headers)
        // The preview colour takes nothing else, whoever sends it.
        let isPreview = self.ledger.role == .preview || request.headers[HeaderName.canary] == "true"
        if let old = submission.supersedes { try await self.require(old, mayBeSupersededBy: principal, isPreview: isPreview) }
        let digests: (meaning: String, bytes: String) = key == nil ? ("", "") : (intent.digest, Array(SHA256.hash(data: bytes)).hexadecimal)
        let outcome = try await self.accept(intent, key: key, digests: digests, isPreview: isPreview, context)
        let id: IntentID
        let created: Int64
        var isRepeat = false
        switch outcome {
        case .accepted(let new, let at): (id, created) = (new, at)
        case .repeated(let known, let at): (id, created, isRepeat) = (known, at, true)
        case .conflict(let known):
            throw ProblemError(
                .conflict, code: "idempotency_conflict", detail: "This Idempotency-Key stands for another submission, that of intent \(known).",
                headers: [.location: "/v1/intents/\(known)"])
        }
        // The intent is taken: an error of waiting must not tell its caller to send it again.
        if let wait, let snapshot = try? await self.waiter.settled(id, within: wait) {
            return Response.json(bytes: ByteBuffer(bytes: try snapshot.json()), headers: [.location: "/v1/intents/\(id)", Preference.applied: "wait"])
        }
        // Who repeats or has waited hears where it is by now; like the wait, that look must not cost him the answer that it was taken.
        let phase = isRepeat || wait != nil ? (try? await self.ledger.read(id))?.phase : nil
        return Self.accepted(id, phase: phase ?? .received, created: created)
    }

    /// A repeat of the same submission finds its predecessor superseded by itself; its key answers it before anything is done.
    private func require(_ old: IntentID, mayBeSupersededBy principal: Principal, isPreview: Bool) async throws {
        guard let snapshot = try await self.ledger.read(old), try snapshot.request().tenant == principal.tenant, snapshot.isPreview == isPreview else {
            throw ProblemError(
                .badRequest, code: "invalid_body", detail: "supersedes: there is no intent \(old).",
                errors: [.init(pointer: "/supersedes", detail: "there is no such intent")])
        }
        guard !snapshot.phase.isTerminal || snapshot.phase == .superseded else {
            throw ProblemError(
                .conflict, code: "phase_conflict", detail: "Intent \(old) has ended (\(snapshot.phase.rawValue)); there is nothing left to supersede.")
        }
    }

    private func accept(
        _ intent: IntentRequest, key: String?, digests: (meaning: String, bytes: String), isPreview: Bool, _ context: AppContext
    ) async throws -> Ledger.Acceptance {
        if context.timeLeft == .zero {
            throw ProblemError(.gatewayTimeout, code: "deadline_exceeded", detail: "The deadline had passed before the intent was stored; it was not.")
        }
        let start = try self.admission.enter(intent.priority)
        let charge: TenantQuota.Charge
        do { charge = try await self.quota.take(intent.tenant) } catch {
            self.admission.leave(since: start, dropped: false)
            throw error
        }
        self.flood.count()
        do throws(LedgerError) {
            let outcome = try await self.ledger.accept(
                request: intent.json, priority: intent.priority, tenant: intent.tenant, by: intent.requestedBy, idempotencyKey: key, digest: digests.meaning,
                earlierDigest: digests.bytes, notifies: intent.callbackUrl != nil, isPreview: isPreview)
            self.admission.leave(since: start, dropped: false)
            if case .accepted = outcome {} else { await self.quota.giveBack(charge) }
            return outcome
        } catch {
            await self.quota.giveBack(charge)
            self.admission.leave(since: start, dropped: error.code == .overloaded || error.code == .unavailable)
            throw error
        }
    }

    /// Written by hand: every acceptance sends one.
    private static func accepted(_ id: IntentID, phase: Phase, created: Int64) -> Response {
        let id = id.description
        var body = ByteBuffer()
        body.reserveCapacity(420)
        body.writeString(#"{"id":""#)
        body.writeString(id)
        body.writeString(#"","phase":""#)
        body.writeString(phase.rawValue)
        body.writeString(#"","createdAt":""#)
        body.writeString(Timestamp.text(created))
        body.writeString(#"","links":{"self":"/v1/intents/"#)
        body.writeString(id)
        body.writeString(#"","events":"/v1/intents/"#)
        body.writeString(id)
        body.writeString(#"/events","manifests":"/v1/intents/"#)
        body.writeString(id)
        body.writeString(#"/manifests"}}"#)
        return Response.json(bytes: body, status: .accepted, headers: [.location: "/v1/intents/" + id])
    }

    // MARK: Looking

    @Sendable func show(_ request: Request, context: AppContext) async throws -> Response {
        switch try await self.reader.find(context, .intentsRead) {
        case .live(let snapshot): Response.json(bytes: ByteBuffer(bytes: try snapshot.json()))
        case .archived(_, let record): Response.json(bytes: ByteBuffer(bytes: record))
        }
    }

    @Sendable func list(_ request: Request, context: AppContext) async throws -> Response {
        let principal = try context.requirePrincipal(.intentsRead)
        let query = request.uri.queryParameters
        let phase = try query["phase"].map { try Self.value(String($0), "phase", Phase.self) }
        let priority = try query["priority"].map { try Self.value(String($0), "priority", Priority.self) }
        guard let limit = Int(query["limit"] ?? "50"), (1...200).contains(limit) else {
            throw ProblemError(.badRequest, code: "invalid_query", detail: "limit must be a number from 1 to 200.")
        }
        var before: IntentID?
        if let cursor = query["cursor"] {
            guard let id = IntentID(cursor) else { throw ProblemError(.badRequest, code: "invalid_query", detail: "cursor is none that a list has given.") }
            before = id
        }
        return Response.json(
            try await self.reader.list(tenant: try principal.selected(request), phase: phase, priority: priority, limit: limit, before: before))
    }

    /// The packages as one YAML stream: as rendered while they wait, else as published.
    @Sendable func manifests(_ request: Request, context: AppContext) async throws -> Response {
        let found = try await self.reader.find(context, .intentsRead)
        var packages: [(path: String, files: [PackageFile])] = []
        let published: [PublishedPackage]
        let phase: Phase
        switch found {
        case .live(let snapshot): (published, phase) = (try snapshot.decode([PublishedPackage].self, .packages) ?? [], snapshot.phase)
        case .archived(_, let json):
            let record = try LedgerJSON.decode(IntentRecord.self, json)
            (published, phase) = (record.packages, record.phase)
        }
        if let waiting = try await self.ledger.files([found.id]).first ?? nil {
            packages = try RenderedFiles.decode(waiting).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        } else {
            for package in published where package.change != .delete {
                guard let found = try await self.bridge.get(PackageAnswer.self, "/v1/packages/\(package.path)?revision=\(package.revision)") else { continue }
                packages.append((package.path, found.files))
            }
        }
        guard !packages.isEmpty else {
            throw ProblemError(.notFound, code: "not_found", detail: "Intent \(found.id) has no manifests in phase \(phase.rawValue).")
        }
        var stream = ""
        for package in packages {
            for file in package.files where file.path.hasSuffix(".yaml") || file.path == "Kptfile" {
                let body = file.content.hasPrefix("---\n") ? String(file.content.dropFirst(4)) : file.content
                stream += "---\n# \(package.path)/\(file.path)\n" + body + (body.hasSuffix("\n") ? "" : "\n")
            }
        }
        return Response.text(stream, type: "application/yaml")
    }

    static func value<Value: RawRepresentable & CaseIterable>(_ text: String, _ name: String, _ type: Value.Type) throws -> Value
    where Value.RawValue == String {
        guard let value = Value(rawValue: text) else {
            throw ProblemError(.badRequest, code: "invalid_query", detail: "\(name) must be one of \(Value.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return value
    }
}

struct PackageAnswer: Decodable {
    var files: [PackageFile]
}

extension AppContext {
    func requirePrincipal(_ scope: Scope) throws -> Principal {
        guard let principal = self.principal else { throw ProblemError(.unauthorized, code: "unauthorized", detail: "Send a key.") }
        try principal.require(scope)
        return principal
    }
}

extension IntentSubmission {
    func request(by principal: Principal) -> IntentRequest {
        IntentRequest(
            intent: self.intent, priority: self.priority, namespace: self.namespace, cluster: self.cluster, approval: self.approval,
            labels: self.labels, callbackUrl: self.callbackUrl, supersedes: self.supersedes?.description, tenant: principal.tenant, requestedBy: principal.name
        )
    }
}
