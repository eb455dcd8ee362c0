package import Resilience

extension Judgement {
    /// What the end of a request says of the server, for its breaker, and whether the same request may be sent again.
    ///
    /// - Parameters:
    ///   - repeated: statuses of 500 and more after which it may.
    ///   - pause: how long a server that sheds (429) is left alone when it does not say how long; then the request is sent again, and a
    ///     `Retry-After` of other statuses is heeded, too. Nil hands a 429 to the caller.
    package init(_ result: Result<FetchResponse, FetchError>, repeated: ClosedRange<Int>, whenShed pause: Duration? = nil) {
        switch result {
        case .success(let response):
            switch response.status {
            case 429: self.init(.ignored, mayRetry: pause != nil, pause: response.retryAfter ?? pause)
            case 500...: self.init(.failure, mayRetry: repeated.contains(response.status), pause: pause == nil ? nil : response.retryAfter)
            default: self.init(.success)
            }
        case .failure(.cancelled), .failure(.stopped), .failure(.invalid), .failure(.overloaded): self.init(.ignored)
        // It had its time, and a repeat has none left.
        case .failure(.timedOut): self.init(.failure)
        case .failure(let error): self.init(.failure, mayRetry: error.mayRetry)
        }
    }
}
