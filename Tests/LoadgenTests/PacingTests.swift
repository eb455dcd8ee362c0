import Testing

@testable import Loadgen

struct PacingTests {
    @Test(arguments: [("10s", 10.0), ("500ms", 0.5), ("1m30s", 90), ("2h", 7_200), ("1.5s", 1.5), ("250us", 0.000_25), ("100ns", 1e-7)])
    func spansOfTime(text: String, seconds: Double) throws {
        #expect(abs(try #require(DurationText.seconds(text)) - seconds) < 1e-12)
    }

    @Test(arguments: ["", "10", "s", "10x", "1..5s", "10s5", "-1s"]) func notSpansOfTime(text: String) { #expect(DurationText.seconds(text) == nil) }

    @Test func aConstantRateIsEvenlySpaced() throws {
        let schedule = ArrivalSchedule.constant(rate: 200, for: 2)
        #expect(schedule.total == 400)
        for index in [0, 1, 199, 399] { #expect(abs(try #require(schedule.time(of: index)) - Double(index) / 200) < 1e-9) }
        #expect(schedule.time(of: 400) == nil)
        #expect(schedule.time(of: -1) == nil)
    }

    @Test func aRampCountsItsArea() throws {
        let schedule = ArrivalSchedule([.init(duration: 10, from: 0, to: 100), .init(duration: 5, from: 100, to: 100), .init(duration: 10, from: 100, to: 0)])
        #expect(schedule.total == 500 + 500 + 500)
        // The area under a ramp from nothing is half of rate × time: 125 requests after 5 s.
        #expect(abs(try #require(schedule.time(of: 125)) - 5) < 1e-9)
        #expect(abs(try #require(schedule.time(of: 500)) - 10) < 1e-6)
        var last = -1.0
        for index in 0..<schedule.total {
            let time = try #require(schedule.time(of: index))
            #expect(time >= last)
            last = time
        }
        #expect(last < 25)
    }

    @Test func aWalkMeetsTheSameTimes() throws {
        let schedule = ArrivalSchedule([
            .init(duration: 1, from: 10, to: 50), .init(duration: 2, from: 0, to: 0), .init(duration: 1, from: 50, to: 5),
        ])
        for (first, stride) in [(0, 1), (0, 3), (2, 3)] {
            var walk = ArrivalWalk(schedule, first: first, stride: stride)
            var seen = 0
            while let due = walk.due() {
                #expect(abs(due - (try #require(schedule.time(of: walk.index)))) < 1e-9)
                walk.advance()
                seen += 1
            }
            #expect(seen == (schedule.total - first + stride - 1) / stride)
        }
    }

    @Test func sharesOfThreadsAddUp() {
        for total in [0, 1, 7, 50, 101] {
            for count in 1...4 { #expect((0..<count).reduce(0) { $0 + ThreadShare(index: $1, count: count).part(of: total) } == total) }
        }
    }
}
