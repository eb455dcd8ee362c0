import Ledger

/// The other ways of taking over than all at once.
extension RolloutDriver {
    /// Canary: the new colour does a share of the work after the other, and is judged by that beside synthetic intents. Its processes beside the others
    /// do it; callers are the others' until the end.
    func share(_ options: RolloutOptions, _ say: Say) async throws(CommandFailure) {
        for weight in options.weights {
            guard let run else { return }
            // Before the ledger is changed: what is cut short in between is changed back.
            self.run?.share = weight
            try await self.enter(.canary, "\(weight) % of the work", say)
            let (count, all) = try await self.open().promote(run.to, over: run.from, percent: weight)
            say("\(run.to) is active in \(count) of \(all) partitions")
            try await self.analyse("canary", self.standby, options.measurements, say)
            try self.goOn()
        }
    }

    /// Rolling: services are replaced on their sockets, those that are asked before those that ask, and each time all are judged. The colour stays,
    /// since old and new ones do the same work at the same time.
    func roll(to target: Release, _ options: RolloutOptions, _ say: Say) async throws(CommandFailure) {
        do throws(CommandFailure) {
            try await self.enter(.rolling, nil, say)
            let services = self.plan.services(of: target)
            for name in Self.order {
                guard let service = services.first(where: { $0.name == name }) else { continue }
                let done = try await self.supervisor.replace(name, with: service, within: Self.drainLimit)
                say("\(name)  process \(done.old) replaced by \(done.new)")
                try await self.analyse("rolled", services, 1, say)
                try self.goOn()
            }
            self.release = target
            try target.keep(in: self.directory)
            try await self.enter(.watching, "the way back is open for \(Int(options.scaleDownDelay)) s", say)
            try await self.watch(options, say)
        } catch {
            try await self.takeBack(error.message, say)
            throw CommandFailure(.refused, "what is in \(target.directory) was taken back: \(error.message)")
        }
        try await self.enter(.done, nil, say)
    }

    /// Those that were replaced are replaced by what was there before.
    func rollBack(to former: Release, _ reason: String, _ say: Say) async throws(CommandFailure) {
        self.release = former
        try former.keep(in: self.directory)
        try await self.replaceAll(by: former, say)
        try await self.enter(.rolledBack, reason, say)
    }

    /// Whether none of these services has been replaced.
    func runsAll(of release: Release) async -> Bool {
        for service in self.plan.services(of: release) { if await !self.supervisor.runs(service) { return false } }
        return true
    }
}
