import Testing

@testable import Resilience

@Suite struct DeadlineTests {
    @Test("it survives the header")
    func roundTrip() {
        let deadline = Deadline(in: .milliseconds(2500), from: 1_700_000_000_000)
        #expect(deadline.headerValue == "1700000002500")
        #expect(Deadline(headerValue: deadline.headerValue) == deadline)
    }

    @Test("anything but digits is no deadline", arguments: ["", " 1", "-1", "+1", "1.5", "soon", "1234567890123456", "１２"])
    func malformed(header: String) { #expect(Deadline(headerValue: header) == nil) }

    @Test("what remains shrinks to nothing and no further", arguments: [(0, 1000), (400, 600), (1000, 0), (5000, 0)])
    func remaining(passed: Int64, left: Int) {
        let deadline = Deadline(in: .seconds(1), from: 1_700_000_000_000)
        #expect(deadline.remaining(at: 1_700_000_000_000 + passed) == .milliseconds(left))
        #expect(deadline.hasPassed(at: 1_700_000_000_000 + passed) == (left == 0))
    }

    @Test("a call gets its own timeout or what remains, whichever is less")
    func limiting() {
        let deadline = Deadline(in: .seconds(1), from: 1_700_000_000_000)
        #expect(deadline.limiting(.seconds(5), at: 1_700_000_000_000) == .seconds(1))
        #expect(deadline.limiting(.milliseconds(5), at: 1_700_000_000_000) == .milliseconds(5))
    }

    @Test("extremes do not overflow")
    func extremes() {
        #expect(Deadline(in: .seconds(Int64.max), from: .max).unixMilliseconds == .max)
        #expect(Deadline(in: .seconds(Int64.min), from: .min).unixMilliseconds == .min)
        #expect(Deadline(unixMilliseconds: .max).remaining(at: .min) == .milliseconds(Int64.max))
        #expect(Deadline(unixMilliseconds: .min).remaining(at: .max) == .zero)
    }

    @Test("it is about the real clock")
    func now() {
        #expect(Deadline.now() > 1_700_000_000_000)
        #expect(!Deadline(in: .seconds(60)).hasPassed())
    }
}
