/// One write with one caller waiting for its reply or, for a pipeline, replies.
struct Request {
    /// Answered exactly once: a request is in one queue at a time, and whoever takes it out answers.
    /// (That is why the unchecked continuation suffices; the checked one costs an allocation for each command.)
    typealias Caller = UnsafeContinuation<Result<RedisValue, RedisError>, Never>

    let payload: [UInt8]
    /// What the array header in front of the payload counts; 0 when the payload has its headers inside.
    let argumentCount: Int
    /// Nil: one reply. Otherwise so many are gathered into an array.
    let gathers: Int?
    let deadline: MonotonicTime
    /// 0 is the pool, any other number a consumer.
    let lane: Int
    /// Names the request in a cancellation; only consumers use it.
    let token: UInt64
    let caller: Caller

    /// Encoded size, up to the few bytes of a header.
    var byteCount: Int { self.payload.count + 16 }
}

/// What other threads ask of the loop.
enum Order {
    case request(Request)
    case connect
    case cancel(lane: Int, token: UInt64)
    case openLane(id: Int, label: String, listener: RedisListener?)
    case closeLane(id: Int)
    case resolved(Result<[SocketAddress], RedisError>)
    case primaryFound(Result<RedisConfiguration.Endpoint, RedisError>)
    case stop
}
