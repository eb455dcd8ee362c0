import Ledger

/// What is asked for over the API, and what an `up` before has left.
extension RolloutDriver {
    /// Does what is asked for over the API, while there is a rollout of which something can be asked.
    func heed() async {
        while (try? await Task.sleep(for: Self.wishInterval)) != nil {
            guard let run, !run.state.isOver, let ledger else { continue }
            // A ledger that is away has no wishes.
            guard let wish = try? await ledger.takeWish(), wish.run == run.id else { continue }
            // On its own: a promotion is watched for long, and the way back must be open meanwhile.
            Task { await self.follow(wish) }
        }
    }

    private func follow(_ wish: RolloutWish) async {
        let console = self.console
        let say: Say = { console.say("rollout: \($0)") }
        say("\(wish.by) asks for \(wish.verb.rawValue)")
        do throws(CommandFailure) {
            switch wish.verb {
            case .promote: try await self.promote(say)
            case .abort: try await self.abort(say)
            }
        } catch {
            say(error.message)
        }
    }

    /// After a start of `up`: what was cut short by its end is brought to one.
    func resume() async {
        guard !self.isBusy else { return }
        self.isBusy = true
        defer { self.isBusy = false }
        let console = self.console
        let say: Say = { console.say("rollout: \($0)") }
        do throws(CommandFailure) {
            let ledger = try await self.open()
            guard let run = try await ledger.run(), !run.state.isOver else {
                if let active = try await ledger.active(), active != self.release.colour {
                    say("the ledger's active colour is \(active) and this is \(self.release.colour): no work will be done here")
                }
                return
            }
            self.run = run
            switch run.state {
            case .starting, .analysing, .waiting, .canary, .rolling: try await self.undo("up ended meanwhile", say)
            case .promoting:
                self.release = Release(colour: run.from, directory: run.fromDirectory)
                self.options = RolloutOptions(binaries: run.toDirectory, promotes: true)
                try await self.switchOver(say)
            case .watching: try await self.enter(.done, "up ended while it was watched; it stays promoted", say)
            case .rollingBack: try await self.takeBack(run.detail ?? "up ended meanwhile", say)
            case .done, .rolledBack, .aborted: break
            }
        } catch {
            say(error.message)
        }
    }
}
