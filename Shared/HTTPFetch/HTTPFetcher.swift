import ServiceLifecycle
import Synchronization

/// Runs every outgoing HTTP transfer of a process on one thread of its own, around one libcurl multi handle, so
/// that connections are shared and reused and no caller's thread ever waits; or on loops that are lent to it.
///
/// Usable from `init` on; the thread starts with the first request and ends with ``stop()`` or the fetcher's release.
/// Certificates are always verified, only `http` and `https` are spoken, redirects are returned rather than followed,
/// and proxy settings in the environment are ignored.
package final class HTTPFetcher: Service, Sendable {
    private struct Lent {
        var inboxes: [ObjectIdentifier: FetchInbox] = [:]
        var isStopped = false
    }

    /// Of its own thread.
    private let inbox: FetchInbox
    private let loops: (any FetchLoops)?
    private let lent = Mutex(Lent())

    /// - Parameter loops: do the transfers that their own work asks for, each with connections of its own and up to the configured limits. Only those
    ///   without TLS: a handshake computes for milliseconds, which a loop does not have.
    package init(_ configuration: Configuration = .init(), on loops: (any FetchLoops)? = nil) {
        self.inbox = FetchInbox(configuration)
        self.loops = loops
    }

    deinit { self.stop() }

    private func inbox(for template: FetchTemplate) -> FetchInbox {
        guard let loops, template.url.isPlain, let current = loops.current else { return self.inbox }
        return self.lent.withLock { lent in
            if let known = lent.inboxes[current.id] { return known }
            let inbox = FetchInbox(self.inbox.configuration, on: current.loop)
            if lent.isStopped { inbox.stop() } else { lent.inboxes[current.id] = inbox }
            return inbox
        }
    }

    /// The complete response. Cancelling the task breaks the transfer off.
    package func fetch(_ request: FetchRequest) async throws(FetchError) -> FetchResponse { try await self.result(of: request).get() }

    /// The same for callers that judge answers and errors alike.
    ///
    /// - Parameter register: is given what breaks this transfer off, and it alone.
    package func result(of request: FetchRequest, breakingOff register: (@escaping @Sendable () -> Void) -> Void = { _ in }) async -> Result<
        FetchResponse, FetchError
    > {
        do throws(FetchError) {
            return await self.result(of: try FetchTemplate(request), body: request.body, timeout: request.timeout, breakingOff: register)
        } catch {
            return .failure(error)
        }
    }

    /// The same for a request whose unchanging part is made once.
    package func result(
        of template: FetchTemplate, body: [UInt8]?, timeout: Duration, breakingOff register: (@escaping @Sendable () -> Void) -> Void = { _ in }
    ) async -> Result<FetchResponse, FetchError> {
        await self.submit(template, body, timeout, register) { .whole($0) }
    }

    /// The same without a task: `answer` is called once, here when the request is refused at once, else on the thread that does the transfer, which
    /// it must not keep.
    package func send(
        _ template: FetchTemplate, body: [UInt8]?, timeout: Duration, _ answer: @escaping @Sendable (Result<FetchResponse, FetchError>) -> Void
    ) {
        let deadline = ContinuousClock.now.advanced(by: min(timeout, .seconds(1 << 31)))
        let inbox = self.inbox(for: template)
        let order = FetchOrder(id: inbox.nextID(), template: template, body: body, deadline: deadline, receiver: .told(answer))
        if let refusal = inbox.submit(order) { answer(.failure(refusal)) }
    }

    /// Returns once the response's head is there; the body follows as the stream is read.
    package func stream(_ request: FetchRequest) async throws(FetchError) -> FetchStream {
        try await self.stream(try FetchTemplate(request), body: request.body, timeout: request.timeout)
    }

    /// The same for a request whose unchanging part is made once.
    package func stream(_ template: FetchTemplate, body: [UInt8]?, timeout: Duration) async throws(FetchError) -> FetchStream {
        let pipe = BodyPipe(limit: self.inbox.configuration.streamBufferBytes)
        return try await self.submit(template, body, timeout) { .streamed($0, pipe) }.get()
    }

    /// Returns after the graceful shutdown of the service group, having stopped.
    package func run() async {
        // Throws when the task is cancelled instead, which is a reason to stop as well.
        try? await gracefulShutdown()
        self.stop()
    }

    /// Fails everything in flight, and every later request, with `.stopped`.
    package func stop() {
        self.inbox.stop()
        let inboxes = self.lent.withLock { lent in
            lent.isStopped = true
            return Array(lent.inboxes.values)
        }
        for inbox in inboxes { inbox.stop() }
    }

    private func submit<Answer: Sendable>(
        _ template: FetchTemplate, _ body: [UInt8]?, _ timeout: Duration, _ register: (@escaping @Sendable () -> Void) -> Void = { _ in },
        _ receiver: (CheckedContinuation<Result<Answer, FetchError>, Never>) -> FetchOrder.Receiver
    ) async -> Result<Answer, FetchError> {
        if Task.isCancelled { return .failure(.cancelled) }

        let inbox = self.inbox(for: template)
        let id = inbox.nextID()
        let deadline = ContinuousClock.now.advanced(by: min(timeout, .seconds(1 << 31)))
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let order = FetchOrder(id: id, template: template, body: body, deadline: deadline, receiver: receiver(continuation))
                if let refusal = inbox.submit(order) {
                    continuation.resume(returning: .failure(refusal))
                    return
                }
                // The handler may have run before the order was there to be cancelled.
                if Task.isCancelled { inbox.post(.cancel(id)) }
                register { inbox.post(.cancel(id)) }
            }
        } onCancel: {
            inbox.post(.cancel(id))
        }
    }
}
