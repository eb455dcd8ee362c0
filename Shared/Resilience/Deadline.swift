#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The instant after which a piece of work is worth nothing, the same for every process it passes through.
///
/// Wall-clock, because it travels in headers and queue messages; the machines' clocks are taken to agree within
/// what a deadline can be off by.
package struct Deadline: Sendable, Hashable, Comparable {
    /// Carries ``headerValue`` from service to service.
    package static let headerName = "Nephoran-Deadline"

    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let unixMilliseconds: Int64

    package init(unixMilliseconds: Int64) { self.unixMilliseconds = unixMilliseconds }

    /// `duration` from `now` on, which is in Unix milliseconds.
    package init(in duration: Duration, from now: Int64 = Deadline.now()) {
        self.unixMilliseconds = now.addingClamped(duration.wholeMilliseconds)
    }

    /// Nil unless `headerValue` is 1…15 decimal digits.
    package init?(headerValue: some StringProtocol) {
        let digits = headerValue.utf8
        guard (1...15).contains(digits.count) else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        self.unixMilliseconds = value
    }

    /// Decimal Unix milliseconds.
    package var headerValue: String { String(self.unixMilliseconds) }

    /// Never negative.
    package func remaining(at now: Int64 = Deadline.now()) -> Duration {
        .milliseconds(self.hasPassed(at: now) ? 0 : self.unixMilliseconds.addingClamped(-max(now, -.max)))
    }

    package func hasPassed(at now: Int64 = Deadline.now()) -> Bool { self.unixMilliseconds <= now }

    /// `timeout`, or what remains when that is less.
    package func limiting(_ timeout: Duration, at now: Int64 = Deadline.now()) -> Duration { min(timeout, self.remaining(at: now)) }

    package static func < (a: Deadline, b: Deadline) -> Bool { a.unixMilliseconds < b.unixMilliseconds }

    /// Unix milliseconds.
    package static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

extension Duration {
    /// Rounded down, clamped to 64 bits.
    fileprivate var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let whole = seconds.multipliedReportingOverflow(by: 1000)
        if whole.overflow { return seconds < 0 ? .min : .max }
        return whole.partialValue.addingClamped(attoseconds / 1_000_000_000_000_000)
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = self.addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
