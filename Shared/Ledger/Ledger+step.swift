package import IntentModel
import RedisClient
package import Telemetry

extension Ledger {
    /// Takes a step of the main track on behalf of a person. `.stale` when the record changed since `snapshot` was read.
    package func step(_ step: Step, on snapshot: RecordSnapshot) async throws(LedgerError) -> StepResult {
        guard let partition = self.partition(of: snapshot.id) else { return .gone }
        if let phase = step.phase, phase != snapshot.phase, !snapshot.phase.mayBecome(step.via.first ?? phase) {
            throw LedgerError(.corrupt, "no way from \(snapshot.phase.rawValue) to \(phase.rawValue)")
        }
        // A preview decides nothing about work that is not its own. A canary, which rules some partitions, carries people's decisions to all of them.
        guard self.role != .preview || snapshot.isPreview else { return .fenced }
        let span = Ledger.deciding(step, on: snapshot)
        func decide() async throws(LedgerError) -> StepResult {
            try await self.evaluate(
                step, of: snapshot.id, in: partition, phase: snapshot.phase, track: "main", version: snapshot.version,
                epoch: self.roles[partition]?.activeEpoch ?? 0, delivery: ["", "", ""], trace: span)
        }
        var result = try await decide()
        if result == .fenced {
            // A person's decision is as good after a promotion as before it.
            try await self.refreshRoles(urgent: true)
            result = try await decide()
        }
        if case .taken = result { span?.end() }
        return result
    }

    /// Takes the step of a leased item of work: record, next work, event and acknowledgement in one.
    ///
    /// - Parameter trace: what the work that follows is a part of.
    package func step(_ step: Step, finishing lease: Lease, phase: Phase, trace: LiveSpan? = nil) async throws(LedgerError) -> StepResult {
        let work = lease.work
        return try await self.evaluate(
            step, of: work.id, in: lease.partition, phase: phase, track: work.track, version: work.version, epoch: lease.epoch,
            delivery: [lease.partition.queue(work.stage, work.lane), work.stage.rawValue, lease.message], trace: trace
        )
    }

    private func evaluate(
        _ step: Step, of id: IntentID, in partition: Partition, phase: Phase, track: String, version: Int, epoch: Int, delivery: [String],
        trace: LiveSpan?
    ) async throws(LedgerError) -> StepResult {
        let arguments = self.arguments(
            step, of: id, in: partition, phase: phase, track: track, version: version, epoch: epoch, delivery: delivery, trace: RecordTrace.text(trace))
        do throws(RedisError) {
            let reply = try await self.redis.evaluate(self.scripts.step, keys: [partition.record(id)], arguments: arguments)
            guard let parts = reply.array, let outcome = parts.first?.string else { throw RedisError(.protocolViolation, "step answered \(reply)") }
            switch outcome {
            case "taken": return .taken(parts.count > 1 ? parts[1].string.flatMap(Phase.init(rawValue:)) ?? .failed : .failed)
            case "stale": return .stale
            case "fenced": return .fenced
            default: return .gone
            }
        } catch {
            throw LedgerError(error)
        }
    }

    /// The arguments of `step.lua`, in its order.
    private func arguments(
        _ step: Step, of id: IntentID, in partition: Partition, phase: Phase, track: String, version: Int, epoch: Int, delivery: [String],
        trace: String?
    ) -> [any RedisArgument] {
        let now = Timestamp.now()
        var entry: [UInt8] = []
        for phase in step.via { entry += Ledger.historyEntry(phase, at: now, by: step.by, detail: nil) + [UInt8(ascii: "\n")] }
        if step.phase != nil || step.detail != nil { entry += Ledger.historyEntry(step.phase ?? phase, at: now, by: step.by, detail: step.detail) }
        var arguments: [any RedisArgument] = []
        arguments.reserveCapacity(48)
        arguments += [partition.tag, id.description, now, track, version] as [any RedisArgument]
        arguments += [step.phase?.rawValue ?? "", entry, Ledger.signature(at: now, by: step.by)] as [any RedisArgument]
        for part in delivery { arguments.append(part) }
        arguments += [self.configuration.colour, epoch, self.configuration.retention.milliseconds] as [any RedisArgument]
        arguments += [step.outcome?.state.rawValue ?? "", step.outcome?.detail ?? ""] as [any RedisArgument]
        var reason: [UInt8] = []
        if let text = step.ending?.reason { reason.appendJSON(text) }
        arguments += [step.ending?.phase.rawValue ?? "", reason] as [any RedisArgument]
        switch step.files {
        case .keep: arguments += ["", ""] as [any RedisArgument]
        case .set(let files): arguments += ["set", files] as [any RedisArgument]
        case .delete: arguments += ["delete", ""] as [any RedisArgument]
        }
        let traced = trace == nil ? [] : step.forks.isEmpty ? [RecordTrace.field] : [RecordTrace.field, RecordTrace.forkField]
        arguments.append(step.fields.count + traced.count)
        for (field, json) in step.fields { arguments += [field.rawValue, json] as [any RedisArgument] }
        for field in traced { arguments += [field, trace ?? ""] as [any RedisArgument] }
        arguments.append(step.next.count)
        for stage in step.next { arguments += [stage.rawValue, step.delay.milliseconds] as [any RedisArgument] }
        arguments.append(step.beginsAnew ? "1" : "0")
        arguments.append(step.forks.count)
        if !step.forks.isEmpty { arguments.append(step.onPartialFailure.rawValue) }
        for (name, stage) in step.forks { arguments += [name.rawValue, stage.rawValue] as [any RedisArgument] }
        return arguments
    }
}
