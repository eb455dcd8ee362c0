import ServiceLifecycle

/// Runs every outgoing HTTP transfer of a process on one thread of its own, around one libcurl multi handle, so
/// that connections are shared and reused and no caller's thread ever waits.
///
/// Usable from `init` on; the thread starts with the first request and ends with ``stop()`` or the fetcher's release.
/// Certificates are always verified, only `http` and `https` are spoken, redirects are returned rather than followed,
/// and proxy settings in the environment are ignored.
package final class HTTPFetcher: Service, Sendable {
    private let inbox: FetchInbox

    package init(_ configuration: Configuration = .init()) { self.inbox = FetchInbox(configuration) }

    deinit { self.inbox.stop() }

    /// The complete response. Cancelling the task breaks the transfer off.
    package func fetch(_ request: FetchRequest) async throws(FetchError) -> FetchResponse { try await self.result(of: request).get() }

    /// The same for callers that judge answers and errors alike.
    ///
    /// - Parameter register: is given what breaks this transfer off, and it alone.
    package func result(of request: FetchRequest, breakingOff register: (@escaping @Sendable () -> Void) -> Void = { _ in }) async -> Result<
        FetchResponse, FetchError
    > {
        await self.submit(request, register) { .whole($0) }
    }

    /// Returns once the response's head is there; the body follows as the stream is read.
    package func stream(_ request: FetchRequest) async throws(FetchError) -> FetchStream {
        let pipe = BodyPipe(limit: self.inbox.configuration.streamBufferBytes)
        return try await self.submit(request) { .streamed($0, pipe) }.get()
    }

    /// Returns after the graceful shutdown of the service group, having stopped.
    package func run() async {
        // Throws when the task is cancelled instead, which is a reason to stop as well.
        try? await gracefulShutdown()
        self.stop()
    }

    /// Fails everything in flight, and every later request, with `.stopped`.
    package func stop() { self.inbox.stop() }

    private func submit<Answer: Sendable>(
        _ request: FetchRequest, _ register: (@escaping @Sendable () -> Void) -> Void = { _ in },
        _ receiver: (CheckedContinuation<Result<Answer, FetchError>, Never>) -> FetchOrder.Receiver
    ) async -> Result<Answer, FetchError> {
        let url: FetchURL
        do {
            try request.validate()
            url = try FetchURL(request.url)
        } catch {
            return .failure(error)
        }
        if Task.isCancelled { return .failure(.cancelled) }

        let id = self.inbox.nextID()
        let deadline = ContinuousClock.now.advanced(by: min(request.timeout, .seconds(1 << 31)))
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let order = FetchOrder(id: id, request: request, origin: url.origin, deadline: deadline, receiver: receiver(continuation))
                if let refusal = self.inbox.submit(order) {
                    continuation.resume(returning: .failure(refusal))
                    return
                }
                // The handler may have run before the order was there to be cancelled.
                if Task.isCancelled { self.inbox.post(.cancel(id)) }
                register { [inbox] in inbox.post(.cancel(id)) }
            }
        } onCancel: {
            self.inbox.post(.cancel(id))
        }
    }
}
