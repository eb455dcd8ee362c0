import Glibc

/// Drives its share of every flow from one thread: an event loop over non-blocking sockets that does nothing else, so that one core goes a long way.
final class LoadThread {
    private var poller: Poller
    private var lanes: [Lane]
    private var connections: [Connection] = []
    private let share: ThreadShare
    private let control: RunControl
    private let start: UInt64
    private let run: [UInt8]
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private var scratch: [UInt8] = []
    private var now: UInt64
    private var isStopped = false

    /// How often time-outs and the wish to stop are looked for.
    private static let sweepInterval: UInt64 = 100_000_000
    /// A connection that failed to come about waits this long before it is tried again.
    private static let reconnectPause: UInt64 = 10_000_000

    init(_ flows: [FlowPlan], share: ThreadShare, control: RunControl, start: UInt64, intervalLength: UInt64, run: String, seed: UInt64) throws {
        self.poller = try Poller()
        self.share = share
        self.control = control
        self.start = start
        self.run = Array(run.utf8)
        self.now = start
        self.lanes = []
        for (index, flow) in flows.enumerated() {
            // A flow of fewer connections than threads is driven by as many threads as it has connections.
            let part = ThreadShare(index: share.index, count: min(share.count, flow.connections))
            var lane = Lane(flow, share: part, intervalLength: intervalLength, seed: seed &+ UInt64(index) << 32)
            if part.index >= part.count {
                lane.left = 0
            } else {
                for _ in 0..<part.part(of: flow.connections) {
                    let connection = Connection(lane: index)
                    if flow.watch != nil { connection.parser.keeps = 512 }
                    lane.free.append(self.connections.count)
                    self.connections.append(connection)
                }
            }
            self.lanes.append(lane)
        }
    }

    deinit { self.buffer.deallocate() }

    /// Returns when all of it is done: what was measured, by flow.
    func drive() -> [FlowRecorder] {
        var sweep = self.start + Self.sweepInterval
        self.now = MonotonicClock.now()
        while self.now < self.start {
            usleep(UInt32((self.start - self.now) / 1_000 + 1))
            self.now = MonotonicClock.now()
        }
        for lane in self.lanes.indices { self.dispatch(lane) }
        while self.lanes.indices.contains(where: { self.hasMore($0) }) {
            let wake = self.nextWake(atMost: sweep)
            self.poller.wait(nanoseconds: wake > self.now ? wake - self.now : 0) { token in
                self.now = MonotonicClock.now()
                self.happened(token)
            }
            self.now = MonotonicClock.now()
            for lane in self.lanes.indices { self.dispatch(lane) }
            if self.now >= sweep {
                self.sweep()
                sweep = self.now + Self.sweepInterval
            }
        }
        for connection in self.connections where connection.state != .closed { connection.close() }
        self.tell()
        return self.lanes.map { lane in
            var recorder = lane.recorder
            recorder.settle()
            return recorder
        }
    }

    // MARK: What is to be done

    private var elapsed: UInt64 { self.now > self.start ? self.now - self.start : 0 }

    private func mayBegin(_ lane: Int) -> Bool {
        if self.isStopped { return false }
        if let left = self.lanes[lane].left, left <= 0 { return false }
        if self.lanes[lane].walk == nil, let end = self.lanes[lane].end, self.elapsed >= end { return false }
        return true
    }

    private func hasMore(_ lane: Int) -> Bool {
        if self.lanes[lane].busy > 0 { return true }
        guard self.mayBegin(lane) else { return false }
        return self.lanes[lane].walk?.due() != nil || self.lanes[lane].walk == nil
    }

    private func nextWake(atMost limit: UInt64) -> UInt64 {
        var wake = limit
        for lane in self.lanes.indices {
            for pause in self.lanes[lane].paused { wake = min(wake, pause.until) }
            if !self.lanes[lane].free.isEmpty, !self.isStopped, let due = self.lanes[lane].walk?.due() { wake = min(wake, self.start + UInt64(due * 1e9)) }
        }
        return wake
    }

    /// Gives requests that are due to connections that are free.
    private func dispatch(_ lane: Int) {
        if !self.lanes[lane].paused.isEmpty {
            let now = self.now
            for pause in self.lanes[lane].paused where pause.until <= now { self.lanes[lane].free.append(pause.connection) }
            self.lanes[lane].paused.removeAll { $0.until <= now }
        }
        while !self.lanes[lane].free.isEmpty, self.mayBegin(lane) {
            if self.lanes[lane].walk != nil {
                guard let due = self.lanes[lane].walk?.due() else { return }
                let intended = self.start + UInt64(due * 1e9)
                guard intended <= self.now else { return }
                self.lanes[lane].walk?.advance()
                self.begin(self.lanes[lane].free.removeLast(), intended: intended)
            } else {
                self.begin(self.lanes[lane].free.removeLast(), intended: self.now)
            }
        }
    }

    // MARK: One request

    private func begin(_ index: Int, intended: UInt64) {
        let connection = self.connections[index]
        let lane = connection.lane
        if let left = self.lanes[lane].left { self.lanes[lane].left = left - 1 }
        self.lanes[lane].busy += 1
        let sequence = self.lanes[lane].nextSequence()
        if let fixed = self.lanes[lane].plan.request.fixed {
            if connection.out.isEmpty { connection.out = fixed }
        } else {
            self.lanes[lane].plan.request.write(
                sequence, run: self.run, random: &self.lanes[lane].random, into: &connection.out, scratch: &self.scratch)
        }
        connection.written = 0
        connection.intended = intended
        connection.began = self.now
        connection.dialled = 0
        connection.answered = 0
        connection.parser.begin(isHead: self.lanes[lane].plan.request.isHead)
        if connection.descriptor >= 0 { return self.write(connection, index) }
        guard let descriptor = self.lanes[lane].plan.address.connect() else { return self.fail(index, Self.reason("connect", errno), waited: false) }
        connection.descriptor = descriptor
        connection.state = .connecting
        if !self.poller.add(descriptor, token: UInt64(connection.generation) << 32 | UInt64(index)) {
            self.fail(index, Self.reason("epoll", errno), waited: false)
        }
    }

    private func write(_ connection: Connection, _ index: Int) {
        switch connection.send() {
        case .all:
            connection.state = .reading
            connection.sent = self.lanes[connection.lane].plan.keepsSamples ? MonotonicClock.now() : self.now
        case .some: connection.state = .writing
        case .failed: self.fail(index, Self.reason("send", errno), waited: false)
        }
    }

    private func happened(_ token: UInt64) {
        let index = Int(token & 0xffff_ffff)
        let connection = self.connections[index]
        guard connection.generation == UInt32(token >> 32), connection.descriptor >= 0 else { return }
        switch connection.state {
        case .closed: break
        case .connecting:
            let error = connection.connectError
            guard error == 0 else { return self.fail(index, Self.reason("connect", error), waited: false) }
            connection.dialled = self.now
            self.write(connection, index)
        case .writing:
            self.write(connection, index)
            if connection.state == .reading { self.read(connection, index) }
        case .reading, .idle: self.read(connection, index)
        }
    }

    private func read(_ connection: Connection, _ index: Int) {
        while true {
            let count = recv(connection.descriptor, self.buffer.baseAddress, self.buffer.count, 0)
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN { return }
                return connection.state == .idle ? connection.close() : self.fail(index, Self.reason("receive", errno), waited: false)
            }
            guard connection.state == .reading else { return connection.close() }
            if count == 0 {
                if connection.parser.end() { return self.finish(connection, index) }
                let reason = connection.parser.hasBegun ? ResponseParser.Fault.cutOff.rawValue : "the connection was closed without an answer"
                return self.fail(index, reason, waited: false)
            }
            if connection.answered == 0 { connection.answered = self.now }
            do throws(ResponseParser.Fault) {
                let taken = try connection.parser.take(UnsafeRawBufferPointer(rebasing: self.buffer[0..<count]))
                if connection.parser.isComplete {
                    guard taken == count else { return self.fail(index, "more came than the answer", waited: false) }
                    return self.finish(connection, index)
                }
            } catch {
                return self.fail(index, error.rawValue, waited: false)
            }
            // On to the end, also after less than there was room for: a closing that came with the bytes has no edge of its own.
        }
    }

    private func finish(_ connection: Connection, _ index: Int) {
        let lane = connection.lane
        let parser = connection.parser
        let offset = self.elapsed
        self.lanes[lane].recorder.answer(
            status: parser.status, bytes: parser.bodyBytes, latency: self.now - connection.intended, service: self.now - connection.began, at: offset)
        if self.lanes[lane].plan.keepsSamples { self.keep(connection, offset) }
        if let watch = self.lanes[lane].plan.watch, parser.status == 202 { watch.accepted(parser.body, since: connection.intended) }
        connection.state = .idle
        if parser.closes || !self.lanes[lane].plan.keepsAlive { connection.close() }
        self.lanes[lane].busy -= 1
        if let gap = self.lanes[lane].gap, connection.began + gap > self.now {
            self.lanes[lane].paused.append((connection.began + gap, index))
        } else {
            self.lanes[lane].free.append(index)
            self.dispatch(lane)
        }
    }

    private func fail(_ index: Int, _ reason: String, waited: Bool) {
        let connection = self.connections[index]
        let lane = connection.lane
        connection.close()
        self.lanes[lane].recorder.fault(reason, waited: waited ? self.now - connection.intended : nil, at: self.elapsed)
        self.lanes[lane].busy -= 1
        self.lanes[lane].paused.append((self.now + Self.reconnectPause, index))
    }

    // MARK: From time to time

    private func sweep() {
        if self.control.isStopping { self.isStopped = true }
        for (index, connection) in self.connections.enumerated() where connection.isBusy {
            if self.now - connection.began > self.lanes[connection.lane].timeout { self.fail(index, "no answer in time", waited: true) }
        }
        for lane in self.lanes.indices { self.giveUpUnsent(lane) }
        self.tell()
    }

    /// What was due in an open loop and found no connection within the time-out after the end was late by that much at least, and counts.
    private func giveUpUnsent(_ lane: Int) {
        guard let end = self.lanes[lane].end, self.lanes[lane].walk != nil, self.elapsed > end + self.lanes[lane].timeout else { return }
        while let due = self.lanes[lane].walk?.due() {
            self.lanes[lane].recorder.fault("not sent in time: no connection was free", waited: self.elapsed - UInt64(due * 1e9), at: self.elapsed)
            self.lanes[lane].walk?.advance()
        }
    }

    private func tell() {
        self.control.report(
            self.lanes.map { lane in
                let recorder = lane.recorder
                let last = recorder.intervals.count > 1 ? recorder.intervals[recorder.intervals.count - 2] : recorder.intervals.last
                return RunControl.Progress(
                    answers: recorder.answers, errors: recorder.errors, recent: last.map { $0.latency.nanoseconds(95) } ?? 0)
            }, thread: self.share.index)
    }

    private func keep(_ connection: Connection, _ offset: UInt64) {
        let sentFrom = connection.dialled > 0 ? connection.dialled : connection.began
        func seconds(_ from: UInt64, _ to: UInt64) -> Float { to > from ? Float(to - from) / 1e9 : 0 }
        self.lanes[connection.lane].recorder.sample(
            FlowRecorder.Sample(
                response: seconds(connection.intended, self.now), dial: connection.dialled > 0 ? seconds(connection.began, connection.dialled) : 0,
                write: seconds(sentFrom, connection.sent), delay: seconds(connection.sent, connection.answered), read: seconds(connection.answered, self.now),
                status: connection.parser.status, offset: Float(connection.intended > self.start ? connection.intended - self.start : 0) / 1e9))
    }

    private static func reason(_ what: String, _ error: Int32) -> String { "\(what): \(String(cString: strerror(error)))" }
}
