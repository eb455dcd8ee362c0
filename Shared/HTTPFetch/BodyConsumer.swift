/// The reading end of a streamed body. Its death is the sign that nobody wants the rest.
final class BodyConsumer: Sendable {
    private let pipe: BodyPipe
    private let inbox: FetchInbox
    private let id: UInt64

    init(_ pipe: BodyPipe, _ inbox: FetchInbox, _ id: UInt64) {
        self.pipe = pipe
        self.inbox = inbox
        self.id = id
    }

    deinit { self.cancel() }

    func next() async -> BodyRead {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let take = self.pipe.take(continuation)
                if let read = take.read { continuation.resume(returning: read) }
                if take.resumesTransfer { self.inbox.post(.resume(self.id)) }
            }
        } onCancel: {
            self.cancel()
        }
    }

    func cancel() {
        if self.pipe.abandon() { self.inbox.post(.cancel(self.id)) }
    }
}
