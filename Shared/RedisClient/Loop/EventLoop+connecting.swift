import Logging

extension EventLoop {
    func connectPool() { self.connectIfIdle(self.pool.connections) }

    func connectIfIdle(_ connections: [Connection]) {
        guard !self.isStopping else { return }
        for connection in connections where connection.stage == .idle { self.beginAttempt(connection) }
    }

    private func beginAttempt(_ connection: Connection) {
        connection.attemptDeadline = self.now + self.configuration.connectTimeout
        self.alarm = min(self.alarm, connection.attemptDeadline)
        switch self.destination {
        case .fixed(let endpoint):
            self.approach(endpoint, with: connection)
        case .primary(let sentinels):
            connection.stage = .resolving
            if !self.isResolving { self.findPrimary(through: sentinels) }
        }
    }

    private func approach(_ endpoint: RedisConfiguration.Endpoint, with connection: Connection) {
        switch endpoint {
        case .unix(let path):
            self.connect(connection, to: [SocketAddress(unixPath: path)])
        case .tcp(let host, let port):
            if case .success(let addresses) = SocketAddress.resolve(host: host, port: port, onlyNumeric: true) {
                self.connect(connection, to: addresses[...])
            } else {
                connection.stage = .resolving
                if !self.isResolving { self.resolve(host: host, port: port) }
            }
        }
    }

    func hostResolved(_ result: Result<[SocketAddress], RedisError>) {
        self.isResolving = false
        for lane in self.lanes.values {
            for connection in lane.connections where connection.stage == .resolving {
                switch result {
                case .success(let addresses): self.connect(connection, to: addresses[...])
                case .failure(let error): self.lose(connection, because: error)
                }
            }
        }
    }

    func primaryFound(_ result: Result<RedisConfiguration.Endpoint, RedisError>) {
        self.isResolving = false
        switch result {
        case .failure(let error):
            self.hostResolved(.failure(error))
        case .success(let endpoint):
            let isNew = self.primary.map { $0 != endpoint } ?? false
            self.primary = endpoint
            for connection in self.lanes.values.flatMap(\.connections) {
                if connection.stage == .resolving {
                    self.approach(endpoint, with: connection)
                } else if isNew, connection.socket != nil {
                    self.lose(connection, because: RedisError(.disconnected, "\(endpoint) is the primary now"))
                }
            }
        }
    }

    private func connect(_ connection: Connection, to addresses: ArraySlice<SocketAddress>) {
        var addresses = addresses
        var failure = RedisError(.disconnected, "the host has no address")
        while let address = addresses.popFirst() {
            self.lastKey += 1
            do throws(RedisError) {
                try connection.open(address, key: self.lastKey, poller: self.poller)
                connection.addresses = addresses
                self.open[self.lastKey] = connection
                return
            } catch { failure = error }
        }
        // A local socket that is not there yet fails at once, before the attempt had a stage to lose.
        if connection.stage == .idle { connection.stage = .resting(until: self.now) }
        self.lose(connection, because: failure)
    }

    /// One address did not answer; a host such as `localhost` often has another.
    func attemptFailed(_ connection: Connection, because error: RedisError) {
        guard !connection.addresses.isEmpty else { return self.lose(connection, because: error) }
        self.open[connection.key] = nil
        let addresses = connection.addresses
        let deadline = connection.attemptDeadline
        _ = connection.close()
        connection.attemptDeadline = deadline
        self.connect(connection, to: addresses)
    }

    func becomeReady(_ connection: Connection) {
        connection.becomeReady(now: self.now)
        self.status.connectionsMade += 1
        guard let lane = self.lanes[connection.lane] else { return }
        if lane === self.pool, lane.lastFailure != nil || self.status.connectionsMade == 1 {
            self.logger.info("connected to Redis", metadata: self.metadata())
        }
        lane.lastFailure = nil
        self.assignWaiting(in: lane)
    }

    /// The connection, or the attempt to make it, failed: answers its callers and plans the next attempt.
    func lose(_ connection: Connection, because error: RedisError) {
        guard connection.stage != .idle else { return }
        let wasReady = connection.stage == .ready
        if wasReady { connection.delay.connectionEnded(since: connection.readySince, now: self.now) }
        self.end(connection, with: error)
        guard let lane = self.lanes[connection.lane] else { return }

        let isNews = lane.lastFailure == nil
        lane.lastFailure = error
        if wasReady { self.status.connectionsLost += 1 }
        if isNews { self.logger.warning("no connection to Redis", metadata: self.metadata(reason: error)) }

        if error.code == .refused || !self.waitsForServer, !lane.isReady {
            // A wrong password does not become right by waiting, and in a cluster another node may have taken over.
            for request in lane.waiting.removeAll() { self.answer(request, .failure(error)) }
        }
        self.assignWaiting(in: lane)
        guard !self.isStopping, lane.staysConnected || !lane.waiting.isEmpty else { return }
        let end = self.now + connection.delay.pause()
        connection.stage = .resting(until: end)
        self.alarm = min(self.alarm, end)
    }

    /// Closes the connection. Requests that were written fail, those that were not wait again.
    func end(_ connection: Connection, with error: RedisError, cancelled: UInt64? = nil) {
        if connection.socket != nil { self.open[connection.key] = nil }
        let lost = error.code == .stopped || error.code == .timeout ? error : RedisError(.disconnected, error.message)
        var unwritten: [Request] = []
        for (request, wasWritten, isAbandoned) in connection.close() {
            if isAbandoned {
                self.forget(request)
            } else if let cancelled, request.token == cancelled {
                self.answer(request, .failure(wasWritten ? Inbox.cancelled.afterWriting : Inbox.cancelled))
            } else if wasWritten {
                self.answer(request, .failure(lost.afterWriting))
            } else if self.isStopping {
                self.answer(request, .failure(Inbox.stopped))
            } else {
                unwritten.append(request)
            }
        }
        if let lane = self.lanes[connection.lane] {
            lane.waitAgain(unwritten)
            self.alarm = min(self.alarm, lane.waitingAlarm)
        } else {
            for request in unwritten { self.answer(request, .failure(lost)) }
        }
    }

    func end(_ lane: Lane, with error: RedisError) {
        for connection in lane.connections { self.end(connection, with: error) }
        for request in lane.waiting.removeAll() { self.answer(request, .failure(error)) }
        lane.waitingAlarm = .never
    }

    // MARK: Time

    /// Something may be due. Looks at everything, and finds the next alarm on the way.
    func expire() {
        for lane in self.lanes.values {
            if lane.waitingAlarm <= self.now { self.expireWaiting(in: lane) }
            for connection in lane.connections where connection.alarm <= self.now { self.expire(connection) }
        }
        self.alarm = self.lanes.values.reduce(.never) { min($0, $1.alarm) }
    }

    private func expireWaiting(in lane: Lane) {
        for request in lane.expireWaiting(now: self.now) {
            self.status.timedOut += 1
            let reason = lane.lastFailure?.message ?? "still connecting"
            self.answer(request, .failure(RedisError(.disconnected, "no connection to \(self.destination): \(reason)")))
        }
    }

    private func expire(_ connection: Connection) {
        switch connection.stage {
        case .idle:
            break
        case .resting:
            connection.stage = .idle
            guard let lane = self.lanes[connection.lane], lane.staysConnected || !lane.waiting.isEmpty else { return }
            self.connectIfIdle([connection])
        case .resolving, .connecting, .greeting:
            self.lose(connection, because: RedisError(.disconnected, "connecting took longer than \(self.configuration.connectTimeout)"))
        case .ready:
            let (overdue, isStalled) = connection.expire(now: self.now)
            for request in overdue { self.answerEarly(request, RedisError(.timeout, "no reply in time", mayHaveRun: true)) }
            if isStalled { self.lose(connection, because: RedisError(.disconnected, "the connection stopped answering")) }
        }
    }

    private func metadata(reason: RedisError? = nil) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["redisClient": "\(self.label)", "redisEndpoint": "\(self.destination)"]
        if let reason { metadata["reason"] = "\(reason.message)" }
        return metadata
    }
}
