/// An accepted request on its way to the fetcher's thread, with whom to answer.
struct FetchOrder: Sendable {
    enum Receiver {
        case whole(CheckedContinuation<Result<FetchResponse, FetchError>, Never>)
        case told(@Sendable (Result<FetchResponse, FetchError>) -> Void)
        case streamed(CheckedContinuation<Result<FetchStream, FetchError>, Never>, BodyPipe)
    }

    let id: UInt64
    let template: FetchTemplate
    let body: [UInt8]?
    let deadline: ContinuousClock.Instant
    let receiver: Receiver

    var origin: String { self.template.url.origin }

    /// Answers an order that never became a transfer, or whose response has no head yet.
    func fail(_ error: FetchError) {
        switch self.receiver {
        case .whole(let continuation): continuation.resume(returning: .failure(error))
        case .told(let answer): answer(.failure(error))
        case .streamed(let continuation, _): continuation.resume(returning: .failure(error))
        }
    }
}
