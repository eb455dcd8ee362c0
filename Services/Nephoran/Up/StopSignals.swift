@preconcurrency import Dispatch
import Glibc

/// SIGINT, SIGTERM and SIGHUP: the first asks to stop, the second to hurry.
final class StopSignals: Sendable {
    private let sources: [any DispatchSourceSignal]
    private let received: Gate
    let second: Gate

    init() {
        let (first, second) = (Gate(), Gate())
        self.received = first
        self.second = second
        signal(SIGPIPE, SIG_IGN)
        self.sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { if !first.open() { second.open() } }
            source.resume()
            return source
        }
    }

    /// Returns once something asked to stop.
    func first() async { await self.received.pass() }

    /// Lets everybody who waits for ``first()`` go.
    func release() { self.received.open() }
}
