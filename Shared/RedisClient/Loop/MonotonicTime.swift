import Glibc

/// A point on the clock that never jumps, in nanoseconds.
struct MonotonicTime: Comparable, Sendable {
    let nanoseconds: UInt64

    static let never = MonotonicTime(nanoseconds: .max)

    static func now() -> MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
    }

    static func < (a: MonotonicTime, b: MonotonicTime) -> Bool { a.nanoseconds < b.nanoseconds }

    /// A negative duration counts as none, an unreasonably long one as for ever.
    static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return time }
        guard seconds < 1_000_000_000 else { return .never }
        return MonotonicTime(nanoseconds: time.nanoseconds &+ UInt64(seconds) &* 1_000_000_000 &+ UInt64(attoseconds / 1_000_000_000))
    }

    /// Milliseconds from `self` until `time`, rounded up: a wait of that many is never too short.
    func milliseconds(until time: MonotonicTime) -> Int32 {
        guard time > self else { return 0 }
        let milliseconds = (time.nanoseconds - self.nanoseconds - 1) / 1_000_000 + 1
        return Int32(clamping: milliseconds)
    }
}
