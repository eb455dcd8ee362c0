/// A thread that waits for descriptors and has a use for the time between: a server's event loop. Lent to a fetcher, it saves each transfer two changes
/// of thread.
package protocol FetchLoop: Sendable {
    /// Whether this is its thread.
    var isHere: Bool { get }
    /// Soon, on its thread.
    func run(_ work: @escaping @Sendable () -> Void)
    func run(after time: Duration, _ work: @escaping @Sendable () -> Void)
    /// Has `signalled` called on its thread whenever the event descriptor was written to, which it reads. It belongs to the loop from now on.
    ///
    /// - Returns: ends it and closes the descriptor.
    func watch(event: Int32, _ signalled: @escaping @Sendable () -> Void) -> @Sendable () -> Void
}

/// Loops that may be used; those of a process, say.
package protocol FetchLoops: Sendable {
    /// The one that the caller runs on; nil when it runs on none.
    var current: (id: ObjectIdentifier, loop: any FetchLoop)? { get }
}
