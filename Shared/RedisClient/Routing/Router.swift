/// Sends commands to the server that takes them, and again to whoever does when one answers that it did not execute them.
///
/// A command whose fate is unknown, because its connection broke after it was written, is never sent again.
final class Router: Sendable {
    let topology: any Topology
    private let configuration: RedisConfiguration

    init(_ topology: any Topology, _ configuration: RedisConfiguration) {
        self.topology = topology
        self.configuration = configuration
    }

    deinit { self.topology.stop() }

    func deadline(after timeout: Duration?) -> MonotonicTime { MonotonicTime.now() + (timeout ?? self.configuration.commandTimeout) }

    func send(_ command: RedisCommand, timeout: Duration?) async throws(RedisError) -> RedisValue {
        let deadline = self.deadline(after: timeout)
        return try await self.deliver(command, until: deadline, isCancellable: false) { (node, asking) async throws(RedisError) in
            try await node.exchange(command, asking: asking, deadline: deadline)
        }
    }

    /// Gives `command` to its node by `exchange`, again and again until it was executed or its fate is unknown.
    func deliver(
        _ command: RedisCommand, until deadline: MonotonicTime, isCancellable: Bool,
        _ exchange: (RedisNode, Bool) async throws(RedisError) -> RedisValue
    ) async throws(RedisError) -> RedisValue {
        let slot = self.topology.isSharded ? try command.slot() : nil
        var patience = Patience(until: deadline)
        var detour: RedisConfiguration.Endpoint?
        while true {
            if isCancellable, Task.isCancelled { throw Inbox.cancelled }
            let reason: String
            var mayHop = false
            do throws(RedisError) {
                let node = if let detour { self.topology.node(at: detour) } else { try await self.topology.node(for: slot) }
                let value = try await exchange(node, detour != nil)
                guard let redirect = Redirect(value, from: node.endpoint) else { return value }
                (detour, mayHop) = self.follow(redirect)
                reason = if case .error(let message) = value { message } else { "" }
            } catch {
                detour = nil
                reason = try self.reasonToRepeat(after: error)
            }
            if mayHop, patience.mayHop() { continue }
            try await self.rest(&patience, isCancellable: isCancellable, reason: reason)
        }
    }

    func pipeline(_ commands: [RedisCommand], timeout: Duration?) async throws(RedisError) -> [RedisValue] {
        let deadline = self.deadline(after: timeout)
        var open = try PipelineUnit.units(of: commands, isSharded: self.topology.isSharded).map { (unit: $0, detour: RedisConfiguration.Endpoint?.none) }
        var replies = [RedisValue](repeating: .null, count: commands.count)
        var patience = Patience(until: deadline)
        var hasRun = false
        while true {
            var again: [(unit: PipelineUnit, detour: RedisConfiguration.Endpoint?)] = []
            var reason = ""
            var mayHop = true
            var failure: RedisError?
            do throws(RedisError) {
                for (share, result) in await self.run(try await self.shares(of: open), of: commands, deadline: deadline) {
                    do throws(RedisError) {
                        var received = try result.get()[...]
                        for (unit, detour) in share.units {
                            if detour != nil { received = received.dropFirst() }
                            let own = received.prefix(unit.commands.count)
                            received = received.dropFirst(unit.commands.count)
                            let redirect =
                                unit.isTransaction
                                ? Redirect(transaction: own, from: share.node.endpoint) : own.first.flatMap { Redirect($0, from: share.node.endpoint) }
                            if let redirect {
                                let (detour, isHop) = self.follow(redirect)
                                again.append((unit, detour))
                                mayHop = mayHop && isHop
                                reason = "\(redirect)"
                            } else {
                                replies.replaceSubrange(unit.commands, with: own)
                                hasRun = true
                            }
                        }
                    } catch {
                        // Others of this pipeline may have gone well; whether all of it did is known in the end.
                        mayHop = false
                        do throws(RedisError) {
                            reason = try self.reasonToRepeat(after: error)
                            again += share.units.map { ($0.unit, nil) }
                        } catch { failure = error }
                    }
                }
            } catch {
                mayHop = false
                reason = try self.reasonToRepeat(after: error)
                again = open.map { ($0.unit, nil) }
            }
            if let failure { throw hasRun ? failure.afterWriting : failure }
            if again.isEmpty { return replies }
            open = again.sorted { $0.unit.commands.lowerBound < $1.unit.commands.lowerBound }
            if mayHop, patience.mayHop() { continue }
            do throws(RedisError) {
                try await self.rest(&patience, isCancellable: false, reason: reason)
            } catch { throw hasRun ? error.afterWriting : error }
        }
    }

    var status: RedisPoolStatus { self.topology.status }
    func connect() { self.topology.connect() }
    func stop() { self.topology.stop() }
    func untilStopped() async { await self.topology.untilStopped() }

    // MARK: Servers

    func primaries() async throws(RedisError) -> [RedisNode] { try await self.patiently { () async throws(RedisError) in try await self.topology.primaries() } }

    func primary(of key: String) async throws(RedisError) -> RedisNode {
        let slot = self.topology.isSharded ? HashSlot.of(key.utf8) : nil
        return try await self.patiently { () async throws(RedisError) in try await self.topology.node(for: slot) }
    }

    private func patiently<Found>(_ find: () async throws(RedisError) -> Found) async throws(RedisError) -> Found {
        var patience = Patience(until: self.deadline(after: nil))
        while true {
            let reason: String
            do throws(RedisError) { return try await find() } catch { reason = try self.reasonToRepeat(after: error) }
            try await self.rest(&patience, isCancellable: true, reason: reason)
        }
    }

    // MARK: Sharing a pipeline out

    private struct Share: Sendable {
        let node: RedisNode
        var units: [(unit: PipelineUnit, detour: RedisConfiguration.Endpoint?)]
    }

    private func shares(of units: [(unit: PipelineUnit, detour: RedisConfiguration.Endpoint?)]) async throws(RedisError) -> [Share] {
        var shares: [Share] = []
        for (unit, detour) in units {
            let index: Int?
            var node: RedisNode?
            if unit.slot == nil, detour == nil, !shares.isEmpty {
                index = 0  // Any will do.
            } else {
                let own = if let detour { self.topology.node(at: detour) } else { try await self.topology.node(for: unit.slot) }
                index = shares.firstIndex { $0.node === own }
                node = own
            }
            if let index {
                shares[index].units.append((unit, detour))
            } else if let node {
                shares.append(Share(node: node, units: [(unit, detour)]))
            }
        }
        return shares
    }

    private func run(_ shares: [Share], of commands: [RedisCommand], deadline: MonotonicTime) async -> [(Share, Result<[RedisValue], RedisError>)] {
        @Sendable func run(_ share: Share) async -> (Share, Result<[RedisValue], RedisError>) {
            var payload: [UInt8] = []
            var count = 0
            for (unit, detour) in share.units {
                if detour != nil {
                    payload.append(.asking)
                    count += 1
                }
                for command in commands[unit.commands] { payload.append(command) }
                count += unit.commands.count
            }
            do throws(RedisError) {
                return (share, .success(try await share.node.gather(payload, count: count, deadline: deadline)))
            } catch { return (share, .failure(error)) }
        }
        if shares.count == 1 { return [await run(shares[0])] }
        return await withTaskGroup(of: (Share, Result<[RedisValue], RedisError>).self) { group in
            for share in shares { group.addTask { await run(share) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    // MARK: Again

    /// Where the command goes next, and whether it may go there at once.
    private func follow(_ redirect: Redirect) -> (detour: RedisConfiguration.Endpoint?, mayHop: Bool) {
        switch redirect {
        case .moved(let slot, let endpoint):
            self.topology.moved(slot, to: endpoint)
            return (nil, true)
        case .ask(let endpoint):
            return (endpoint, true)
        case .tryAgain:
            return (nil, false)
        case .unable:
            self.topology.doubt()
            return (nil, false)
        }
    }

    /// - Throws: `error` when repeating is not right or of no use.
    private func reasonToRepeat(after error: RedisError) throws(RedisError) -> String {
        switch error.code {
        case .disconnected, .timeout:
            self.topology.doubt()
            if error.mayHaveRun || error.code == .timeout { throw error }
        case .stopped:
            // One of the servers has been given up, not this client.
            guard !self.topology.isStopped else { throw error }
            if error.mayHaveRun { throw RedisError(.disconnected, "the server has been replaced", mayHaveRun: true) }
        default:
            throw error
        }
        return error.message
    }

    private func rest(_ patience: inout Patience, isCancellable: Bool, reason: String) async throws(RedisError) {
        guard let pause = patience.pause() else { throw RedisError(.disconnected, "no server took the command in time: \(reason)") }
        if isCancellable {
            try? await Task.sleep(for: pause)
            if Task.isCancelled { throw Inbox.cancelled }
        } else {
            // A task that was cancelled would not sleep.
            await Task { try? await Task.sleep(for: pause) }.value
        }
    }
}
