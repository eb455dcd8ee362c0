@preconcurrency import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// SIGTERM and SIGINT call the handler once; the second ends the process at once.
final class StopSignals: Sendable {
    private let sources: [any DispatchSourceSignal]

    init(_ handler: @escaping @Sendable () -> Void) {
        let received = Flag()
        signal(SIGPIPE, SIG_IGN)
        self.sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if received.raise() { _exit(128 + number) }
                handler()
            }
            source.resume()
            return source
        }
    }

    private final class Flag: Sendable {
        private let isRaised = Atomic<Bool>(false)
        /// Whether it was raised before.
        func raise() -> Bool { self.isRaised.exchange(true, ordering: .relaxed) }
    }
}
