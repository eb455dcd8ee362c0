import Dispatch
import Glibc

/// The first SIGINT or SIGTERM ends the sending and still brings the report; the second ends the process.
final class StopSignal {
    private let sources: [any DispatchSourceSignal]

    init(_ control: RunControl) {
        self.sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if control.isStopping { exit(130) }
                control.stop()
            }
            source.resume()
            return source
        }
    }

    func release() { for source in self.sources { source.cancel() } }
}
