import IntentModel

enum PublishResult: Sendable, Equatable {
    /// On disk (and at the remote). One entry per change, in their order; `none` for a package that stays as it is.
    case published([PublishedPackage])
    /// Nothing was published: the directory is not the one the plan was made against. Plan again.
    case conflict(path: String)
    /// Nothing was published, or nothing is known; repeating with `mayBeRepeat` is safe.
    case failed(reason: String, mayRetry: Bool)
}
