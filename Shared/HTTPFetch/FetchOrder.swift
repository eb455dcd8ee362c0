/// An accepted request on its way to the fetcher's thread, with whom to answer.
struct FetchOrder: Sendable {
    enum Receiver {
        case whole(CheckedContinuation<Result<FetchResponse, FetchError>, Never>)
        case streamed(CheckedContinuation<Result<FetchStream, FetchError>, Never>, BodyPipe)
    }

    let id: UInt64
    let request: FetchRequest
    let origin: String
    let deadline: ContinuousClock.Instant
    let receiver: Receiver

    /// Answers an order that never became a transfer, or whose response has no head yet.
    func fail(_ error: FetchError) {
        switch self.receiver {
        case .whole(let continuation): continuation.resume(returning: .failure(error))
        case .streamed(let continuation, _): continuation.resume(returning: .failure(error))
        }
    }
}
