import Dispatch
import Telemetry

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Ends the process when the drain does not: a service that ignores its cancellation must not hold a node up.
enum DrainLimit {
    static func start(_ limit: Duration, service: String) {
        let (seconds, attoseconds) = limit.components
        DispatchQueue.global().asyncAfter(deadline: .now() + Double(seconds) + Double(attoseconds) / 1e18) {
            LogSink.standardOutput.flush()
            let line = "\(service): not drained within \(DurationText.format(limit)), leaving\n"
            _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
            _exit(1)
        }
    }
}
