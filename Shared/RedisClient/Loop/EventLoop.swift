import Logging

/// The one thread behind a client. Each turn it reads the replies that have come, takes the commands that callers have
/// left in the inbox, and writes them with one system call for each connection. It sleeps when there is nothing to do.
///
/// Everything here is confined to that thread; the ``Inbox`` is the only way in.
final class EventLoop {
    private let inbox: Inbox
    let configuration: RedisConfiguration
    let destination: Destination
    let waitsForServer: Bool
    let label: String
    let poller: Poller
    let logger: Logger
    var lanes: [Int: Lane] = [:]
    let pool: Lane
    /// Connections that have a socket, by the poller's key.
    var open: [UInt64: Connection] = [:]
    var lastKey: UInt64 = 0
    var now = MonotonicTime.now()
    /// Nothing is due earlier; it may lie too early, never too late.
    var alarm = MonotonicTime.never
    var isResolving = false
    /// What the sentinels said last.
    var primary: RedisConfiguration.Endpoint?
    var isStopping = false
    var status: RedisPoolStatus

    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 << 10, alignment: 16)
    private var orders: [Order] = []
    private var dirty: [Connection] = []
    private var settlement = Settlement()

    init(inbox: Inbox, destination: Destination, waitsForServer: Bool, label: String, poller: Poller, logger: Logger) {
        self.inbox = inbox
        self.configuration = inbox.configuration
        self.destination = destination
        self.waitsForServer = waitsForServer
        self.label = label
        self.poller = poller
        self.logger = logger
        self.status = RedisPoolStatus(size: inbox.configuration.poolSize)
        self.pool = Lane(
            id: Lane.pool, label: label, size: max(1, inbox.configuration.poolSize), configuration: inbox.configuration, needsPrimary: destination.needsPrimary)
        self.lanes[Lane.pool] = self.pool
    }

    deinit { self.buffer.deallocate() }

    /// Starts the loop's thread. When that fails the inbox ends, and every caller gets the reason.
    static func start(inbox: Inbox, destination: Destination, waitsForServer: Bool, label: String, logger: Logger) {
        do throws(RedisError) {
            let poller = try Poller()
            inbox.loopStarts(with: poller)
            let started = LoopThread.start(name: "redis-\(label)") {
                EventLoop(inbox: inbox, destination: destination, waitsForServer: waitsForServer, label: label, poller: poller, logger: logger).run()
            }
            guard started else { throw RedisError(.disconnected, "no thread left for a Redis client") }
        } catch {
            for case .request(let request) in inbox.loopEnds() { request.caller.resume(returning: .failure(error)) }
        }
    }

    private func run() {
        self.connectPool()
        while !(self.isStopping && self.pool.connections.allSatisfy { $0.replies.isEmpty }) {
            self.pollOnce()
            self.takeOrders()
            self.flushDirty()
            if self.alarm <= self.now { self.expire() }
        }
        for lane in self.lanes.values {
            for connection in lane.connections { self.end(connection, with: Inbox.stopped) }
        }
        for case .request(let request) in self.inbox.loopEnds() { request.caller.resume(returning: .failure(Inbox.stopped)) }
    }

    private func pollOnce() {
        // What was answered late in the last turn has to be settled, or callers would find the inbox full for ever.
        let mayRest = self.settlement.commands == 0 && self.inbox.maySleep()
        let timeout: Int32 = mayRest ? (self.alarm == .never ? -1 : self.now.milliseconds(until: self.alarm)) : 0
        var isAwake = false
        self.poller.wait(timeout: timeout) { key, readiness in
            if !isAwake {
                isAwake = true
                self.inbox.loopWoke()
                self.now = .now()
            }
            if let connection = self.open[key] { self.handle(readiness, of: connection) }
        }
        self.inbox.loopWoke()
        self.now = .now()
    }

    // MARK: Orders

    private func takeOrders() {
        self.status.connected = 0
        self.status.inUse = 0
        for connection in self.pool.connections {
            if connection.stage == .ready { self.status.connected += 1 }
            if !connection.replies.isEmpty { self.status.inUse += 1 }
        }
        self.inbox.take(&self.orders, settled: self.settlement, status: self.status)
        self.settlement = Settlement()
        for order in self.orders { self.obey(order) }
        self.orders.removeAll(keepingCapacity: self.orders.capacity <= 4096)
    }

    private func obey(_ order: Order) {
        switch order {
        case .request(let request):
            if let lane = request.lane == Lane.pool ? self.pool : self.lanes[request.lane], !self.isStopping {
                self.assign(request, in: lane)
            } else {
                self.answer(request, .failure(Inbox.stopped))
            }
        case .connect:
            break  // Starting the loop has done it.
        case .cancel(let lane, let token):
            if let lane = self.lanes[lane] { self.cancel(token, in: lane) }
        case .openLane(let id, let label, let listener):
            self.lanes[id] = Lane(
                id: id, label: label, size: 1, configuration: self.configuration, needsPrimary: self.destination.needsPrimary, listener: listener)
        case .closeLane(let id):
            if let lane = self.lanes.removeValue(forKey: id) { self.end(lane, with: RedisError(.stopped, "the consumer is gone")) }
        case .resolved(let result):
            self.hostResolved(result)
        case .primaryFound(let result):
            self.primaryFound(result)
        case .stop:
            self.isStopping = true
            for lane in self.lanes.values where lane !== self.pool { self.end(lane, with: Inbox.stopped) }
            for request in self.pool.waiting.removeAll() { self.answer(request, .failure(Inbox.stopped)) }
        }
    }

    private func assign(_ request: Request, in lane: Lane) {
        guard let connection = lane.leastPending else {
            lane.wait(request)
            self.alarm = min(self.alarm, request.deadline)
            if !lane.staysConnected { self.connectIfIdle(lane.connections) }
            return
        }
        self.give(request, to: connection)
    }

    private func give(_ request: Request, to connection: Connection) {
        connection.append(request, now: self.now)
        self.alarm = min(self.alarm, request.deadline)
        self.markDirty(connection)
    }

    /// A connection has become usable, or may take over from one that was lost.
    func assignWaiting(in lane: Lane) {
        while !lane.waiting.isEmpty, let connection = lane.leastPending, let request = lane.waiting.popFirst() {
            self.give(request, to: connection)
        }
        if lane.waiting.isEmpty { lane.waitingAlarm = .never }
    }

    private func cancel(_ token: UInt64, in lane: Lane) {
        let waiting = lane.waiting.removeAll { $0.token == token }
        for request in waiting { self.answer(request, .failure(Inbox.cancelled)) }
        guard waiting.isEmpty, let connection = lane.connections.first(where: { $0.replies.contains(token: token) }) else { return }
        // The server keeps waiting on behalf of a blocking command until its connection goes away.
        self.end(connection, with: RedisError(.disconnected, "another command on this connection was cancelled"), cancelled: token)
        if !lane.waiting.isEmpty { self.connectIfIdle([connection]) }
    }

    // MARK: Bytes

    func markDirty(_ connection: Connection) {
        guard !connection.isDirty else { return }
        connection.isDirty = true
        self.dirty.append(connection)
    }

    private func flushDirty() {
        guard !self.dirty.isEmpty else { return }
        // A failed write may make others dirty again.
        let connections = self.dirty
        self.dirty.removeAll(keepingCapacity: true)
        for connection in connections {
            connection.isDirty = false
            if let error = connection.flush(poller: self.poller) { self.lose(connection, because: error) }
        }
        if !self.dirty.isEmpty { self.flushDirty() }
    }

    private func handle(_ readiness: Poller.Readiness, of connection: Connection) {
        if connection.stage == .connecting {
            if let error = connection.socket?.connectError() { return self.attemptFailed(connection, because: error) }
            connection.greet()
            self.markDirty(connection)
            return
        }
        if readiness.contains(.writable) { self.markDirty(connection) }
        guard !readiness.isDisjoint(with: [.readable, .broken]) else { return }
        if let error = connection.receive(into: self.buffer, now: self.now, { self.take($0, from: connection) }) {
            self.lose(connection, because: error)
        } else if connection.replies.alarm < self.alarm {
            self.alarm = connection.replies.alarm
        }
    }

    private func take(_ received: Connection.Received, from connection: Connection) -> RedisError? {
        switch received {
        case .completion(.nothing), .greeting(.unfinished):
            return nil
        case .completion(.answered(let request, let value)):
            self.status.answered += 1
            self.answer(request, .success(value))
            return self.destination.needsPrimary && Redirect.isReadOnly(value) ? RedisError(.disconnected, "the server is a replica by now") : nil
        case .completion(.nobodyWaits(let request)):
            self.settlement.add(request)
            return nil
        case .completion(.unsolicited):
            return RedisError(.protocolViolation, "a reply that nobody asked for")
        case .greeting(.welcome):
            self.becomeReady(connection)
            return nil
        case .greeting(.later(let error)), .greeting(.refused(let error)):
            return error
        }
    }

    // MARK: Answers

    func answer(_ request: Request, _ result: Result<RedisValue, RedisError>) {
        self.settlement.add(request)
        request.caller.resume(returning: result)
    }

    /// Answers the caller of a request whose place in a connection's queue stays taken.
    func answerEarly(_ request: Request, _ error: RedisError) {
        self.status.timedOut += 1
        request.caller.resume(returning: .failure(error))
    }

    /// Gives up the place of a request that was answered early.
    func forget(_ request: Request) { self.settlement.add(request) }

    /// Starts a look-up of the host on a thread of its own, since it may block for many seconds.
    func resolve(host: String, port: Int) {
        self.isResolving = true
        let inbox = self.inbox
        let started = LoopThread.start(name: "redis-resolve") {
            _ = inbox.submit(.resolved(SocketAddress.resolve(host: host, port: port, onlyNumeric: false)))
        }
        if !started { self.hostResolved(.failure(RedisError(.disconnected, "no thread left to resolve \(host)"))) }
    }

    func findPrimary(through sentinels: SentinelGroup) {
        self.isResolving = true
        let inbox = self.inbox
        Task { _ = inbox.submit(.primaryFound(await sentinels.primary())) }
    }
}
