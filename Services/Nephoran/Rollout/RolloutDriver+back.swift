import Ledger

/// The ways back.
extension RolloutDriver {
    /// What has changed roles or listeners is changed back, also where that was cut short before.
    func undo(_ reason: String, _ say: Say) async throws(CommandFailure) {
        guard let run else { return }
        switch run.state {
        case .promoting, .watching, .rollingBack, .canary, .rolling: try await self.takeBack(reason, say)
        case .starting, .analysing, .waiting, .done, .rolledBack, .aborted:
            if run.share == nil { await self.giveUp(reason, say) } else { try await self.takeBack(reason, say) }
        }
    }

    /// Before the promotion: nothing but the preview is touched.
    private func giveUp(_ reason: String, _ say: Say) async {
        guard let run else { return }
        do throws(CommandFailure) {
            try await self.open().end(run.to)
            await self.dropStandby()
            try await self.enter(.aborted, reason, say)
        } catch {
            // The ledger is away; its roles keep the preview where it is, and the next start of `up` ends it.
            await self.dropStandby()
            say(error.message)
        }
    }

    /// The promotion's step backwards: the former colour beside the new one, then the partitions, then the listeners.
    func takeBack(_ reason: String, _ say: Say) async throws(CommandFailure) {
        guard let run else { return }
        self.wantsBack = false
        let former = Release(colour: run.from, directory: run.fromDirectory)
        try await self.enter(.rollingBack, reason, say)
        if run.from == run.to { return try await self.rollBack(to: former, reason, say) }
        let ledger = try await self.open()
        if await self.runsAll(of: former) {
            // A canary: those who have the work again never left. The others are needed until they have it.
            try await ledger.end(run.to)
            try await ledger.promote(run.from, over: run.to)
            await self.dropStandby()
            self.run?.share = nil
            return try await self.enter(.rolledBack, reason, say)
        }
        await self.dropStandby()
        try await ledger.end(run.to)
        do throws(CommandFailure) {
            try await ledger.begin(run.from, beside: run.to)
            try await self.startBeside(former, say)
        } catch {
            // Only faster with it.
            say(error.message)
        }
        try await ledger.promote(run.from, over: run.to)
        try await self.replaceAll(by: former, say)
        self.release = former
        try former.keep(in: self.directory)
        await self.dropStandby()
        self.run?.share = nil
        try await self.enter(.rolledBack, reason, say)
    }
}
