import Synchronization

/// One system that calls are made to, and everything that stands between it and its callers, in this order: deadline, pause,
/// bulkhead, breaker, retry budget, hedge. The only place that puts the parts together.
package final class Upstream: Sendable {
    package struct Configuration: Sendable {
        /// Of a whole call: the wait for a place and all attempts. The caller's deadline shortens it.
        package var timeout: Duration = .seconds(10)
        /// Calls at once, calls that may wait for one of them to end, and for how long.
        package var concurrency = 64
        package var waiting = 256
        package var waitAtMost: Duration = .seconds(1)
        package var breaker = CircuitBreaker.Configuration()
        /// Of one call, the first included.
        package var attempts = 3
        package var backoff = Backoff(base: .milliseconds(20), cap: .milliseconds(500))
        /// Retries and hedges for each call, and a second whatever the traffic.
        package var retryRatio = 0.2
        package var retriesPerSecond = 10.0
        package var hedge = Hedge.Configuration()

        package init() {}
    }

    /// As in the label `upstream` of the metrics.
    package let name: String
    package let configuration: Configuration
    package let breaker: CircuitBreaker
    package let budget: RetryBudget
    package let bulkhead: Bulkhead
    package let hedge: Hedge
    private let pausedUntil = Mutex<ContinuousClock.Instant?>(nil)
    private let isPaused = Atomic<Bool>(false)
    private let retryCount = Atomic<Int>(0)
    private let refusals = Mutex(Array(repeating: 0, count: UpstreamRefusal.reasons.count))
    private let now: @Sendable () -> ContinuousClock.Instant

    package init(_ name: String, _ configuration: Configuration = .init(), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.name = name
        self.configuration = configuration
        self.now = now
        self.breaker = CircuitBreaker(configuration.breaker, now: now)
        self.budget = RetryBudget(ratio: configuration.retryRatio, perSecond: configuration.retriesPerSecond, now: now)
        self.bulkhead = Bulkhead(limit: configuration.concurrency, waitingLimit: configuration.waiting, waitAtMost: configuration.waitAtMost)
        self.hedge = Hedge(configuration.hedge)
    }

    /// Retries since the start, hedges not included.
    package var retries: Int { self.retryCount.load(ordering: .relaxed) }
    /// Calls that were not made since the start, in the order of ``UpstreamRefusal/reasons``.
    package var refused: [Int] { self.refusals.withLock { $0 } }

    /// Makes a call, unless one of the guards is against it.
    ///
    /// - Parameters:
    ///   - deadline: the caller's.
    ///   - timeout: of this call, instead of the configured one.
    ///   - mayRepeat: the call has no effect, or none that a repeat would have again: it may be retried and hedged.
    ///   - judge: what the end of an attempt says. What another attempt might better is returned when there is none.
    ///   - attempt: makes the call within the time that it is given; breaks it off when the cancellation, if there is one, says so.
    package func call<Outcome: Sendable>(
        deadline: Deadline? = nil, timeout: Duration? = nil, mayRepeat: Bool, judge: @escaping @Sendable (Outcome) -> Judgement,
        attempt: @escaping @Sendable (Duration, Cancellation?) async -> Outcome
    ) async throws(UpstreamRefusal) -> Outcome {
        let end = try await self.perform(deadline, timeout, mayRepeat) { left, cancellation in
            let outcome = await attempt(left, cancellation)
            return AttemptEnd(outcome: OutcomeBox(outcome), judgement: judge(outcome))
        }
        // Made above, with this type.
        return unsafeDowncast(end.outcome, to: OutcomeBox<Outcome>.self).value
    }

    /// The same for any type of outcome: what it knows of types at run time costs nothing.
    private func perform(
        _ deadline: Deadline?, _ timeout: Duration?, _ mayRepeat: Bool, _ attempt: @escaping @Sendable (Duration, Cancellation?) async -> AttemptEnd
    ) async throws(UpstreamRefusal) -> AttemptEnd {
        var call = try self.begin(deadline, timeout, mayRepeat: mayRepeat)
        if !call.isInside { try await self.wait(&call) }
        defer { self.bulkhead.leave() }
        var last: AttemptEnd?
        while true {
            do throws(UpstreamRefusal) {
                try self.admit(&call)
            } catch {
                // What the upstream said last tells more than that it is not asked again.
                guard let last else { throw error }
                return last
            }
            let end: AttemptEnd
            if let delay = call.hedgeDelay {
                let (limit, left, now) = (call.end, call.left, self.now)
                end = await self.hedge.run(after: delay, from: call.now, mayStart: { [budget] in budget.mayRetry() }) { cancellation in
                    await attempt(cancellation == nil ? now().duration(to: limit) : left, cancellation)
                }
            } else {
                end = await attempt(call.left, nil)
            }
            guard let pause = self.conclude(&call, end.judgement) else { return end }
            do { try await Task.sleep(for: pause) } catch { return end }
            last = end
            self.resume(&call)
        }
    }

    // MARK: Without a task

    /// The beginning of a call of one attempt for a caller that cannot wait. Nil when it would have to, when the call would be hedged, or when a
    /// guard is against it: ``call(deadline:timeout:mayRepeat:judge:attempt:)`` says which, and counts it.
    package func beginNow(timeout: Duration? = nil) -> UpstreamCall? {
        let now = self.now()
        guard self.pause(at: now) == nil, !self.configuration.hedge.isEnabled, self.bulkhead.tryEnter() else { return nil }
        var call = UpstreamCall(now: now, end: now.advanced(by: timeout ?? self.configuration.timeout), mayRepeat: true)
        guard let permit = try? self.breaker.permit(at: now) else {
            self.bulkhead.leave()
            return nil
        }
        self.budget.recordCall(at: now)
        call.permit = permit
        return call
    }

    /// The end of what ``beginNow(timeout:)`` began, once.
    ///
    /// - Returns: whether the caller may make another call of it, which is a retry and paid for as one.
    package func endNow(_ call: UpstreamCall, _ judgement: Judgement) -> Bool {
        var call = call
        let mayRetry = self.conclude(&call, judgement) != nil
        if mayRetry { self.retryCount.add(1, ordering: .relaxed) }
        self.bulkhead.leave()
        return mayRetry
    }

    // MARK: The guards

    /// Deadline, pause, and a place if there is one at once.
    private func begin(_ deadline: Deadline?, _ timeout: Duration?, mayRepeat: Bool) throws(UpstreamRefusal) -> UpstreamCall {
        let now = self.now()
        let timeout = timeout ?? self.configuration.timeout
        let limit = deadline?.limiting(timeout) ?? timeout
        guard limit > .zero else { throw self.refuse(.tooLate) }
        if let pause = self.pause(at: now) { throw self.refuse(.paused(retryAfter: pause)) }
        var call = UpstreamCall(now: now, end: now.advanced(by: limit), mayRepeat: mayRepeat)
        call.isInside = self.bulkhead.tryEnter()
        if call.isInside { self.budget.recordCall(at: now) }
        return call
    }

    /// Waits for a place.
    private func wait(_ call: inout UpstreamCall) async throws(UpstreamRefusal) {
        do throws(Bulkhead.Refusal) {
            try await self.bulkhead.enter(within: call.left)
        } catch {
            throw self.refuse(error == .cancelled ? .cancelled : .busy)
        }
        call.now = self.now()
        guard call.left > .zero else {
            self.bulkhead.leave()
            throw self.refuse(.tooLate)
        }
        self.budget.recordCall(at: call.now)
    }

    /// The breaker's permit for one attempt, and whether it is hedged.
    private func admit(_ call: inout UpstreamCall) throws(UpstreamRefusal) {
        do throws(CircuitOpen) {
            call.permit = try self.breaker.permit(at: call.now)
        } catch {
            throw self.refuse(.open(retryAfter: error.retryAfter))
        }
        // One more call would be one more probe.
        guard call.mayRepeat, call.permit?.probe == nil, let delay = self.hedge.delay, delay < call.left else {
            call.hedgeDelay = nil
            return
        }
        call.hedgeDelay = delay
    }

    /// What an attempt says; the pause before the next one, nil when there is none.
    private func conclude(_ call: inout UpstreamCall, _ judgement: Judgement) -> Duration? {
        let now = self.now()
        let took = call.now.duration(to: now)
        if let permit = call.permit { self.breaker.record(permit, judgement.outcome, took: took, at: now) }
        if let pause = judgement.pause { self.setPause(until: now.advanced(by: pause)) }
        if call.mayRepeat, judgement.outcome == .success { self.hedge.record(took) }
        call.attempts += 1
        guard judgement.mayRetry, call.mayRepeat, call.attempts < self.configuration.attempts else { return nil }
        let delay = self.configuration.backoff.delay(attempt: call.attempts - 1, retryAfter: judgement.pause)
        guard now.advanced(by: delay) < call.end, self.budget.mayRetry(at: now) else { return nil }
        return delay
    }

    private func resume(_ call: inout UpstreamCall) {
        self.retryCount.add(1, ordering: .relaxed)
        call.now = self.now()
    }

    private func refuse(_ refusal: UpstreamRefusal) -> UpstreamRefusal {
        self.refusals.withLock { $0[refusal.index] += 1 }
        return refusal
    }

    // MARK: Pauses

    /// What is left of the time for which the upstream asked to be left alone; nil when it did not, or it is over.
    package var pause: Duration? { self.pause(at: self.now()) }

    private func pause(at now: ContinuousClock.Instant) -> Duration? {
        guard self.isPaused.load(ordering: .acquiring) else { return nil }
        return self.pausedUntil.withLock { until in
            guard let end = until, end > now else {
                until = nil
                self.isPaused.store(false, ordering: .releasing)
                return nil
            }
            return now.duration(to: end)
        }
    }

    private func setPause(until end: ContinuousClock.Instant) {
        self.pausedUntil.withLock { until in
            until = max(until ?? end, end)
            self.isPaused.store(true, ordering: .releasing)
        }
    }
}
