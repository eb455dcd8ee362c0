import Testing

@testable import RedisClient

/// The pure parts of a connection.
@Suite struct ConnectionPartsTests {
    @Test("pauses double up to their limit, and each is at least half of it") func pauses() {
        var delay = ReconnectDelay(limit: .milliseconds(50))
        #expect((0..<5).map { _ in delay.pause(random: 1) } == [10, 20, 40, 50, 50].map { .milliseconds($0) })
        #expect(delay.pause(random: 0) == .milliseconds(25))
    }

    @Test("only a connection that lived makes the next pause short again") func proof() {
        var delay = ReconnectDelay(limit: .milliseconds(50))
        let start = MonotonicTime(nanoseconds: 1_000)
        for _ in 0..<5 { _ = delay.pause(random: 1) }
        delay.connectionEnded(since: start, now: start + .milliseconds(900))
        #expect(delay.pause(random: 1) == .milliseconds(50))
        delay.connectionEnded(since: start, now: start + .seconds(1))
        #expect(delay.pause(random: 1) == .milliseconds(10))
    }

    @Test(
        "the answers to the greeting decide about the connection",
        arguments: [
            (["OK", "OK", "PONG"], .welcome),
            (["OK", "-NOPERM no", "-NOPERM no"], .welcome),
            (["-WRONGPASS no"], .refused(RedisError(.refused, "WRONGPASS no"))),
            (["-ERR AUTH called without any password configured"], .refused(RedisError(.refused, "ERR AUTH called without any password configured"))),
            (["-ERR max number of clients reached"], .later(RedisError(.disconnected, "ERR max number of clients reached"))),
            (["OK", "OK", "-LOADING wait"], .later(RedisError(.disconnected, "LOADING wait"))),
            (["OK", "OK"], .unfinished),
        ] as [([String], Greeting.Verdict)])
    func greets(answers: [String], verdict: Greeting.Verdict) throws {
        var configuration = try RedisConfiguration(url: "redis://:secret@host")
        configuration.database = 0
        var greeting = Greeting(configuration, label: "a label")
        var last = Greeting.Verdict.unfinished
        for answer in answers { last = greeting.receive(answer.hasPrefix("-") ? .error(String(answer.dropFirst())) : .status(answer)) }
        #expect(last == verdict)
    }

    @Test("where a primary is needed, a replica is left again")
    func needsPrimary() throws {
        let configuration = try RedisConfiguration(url: "redis://host")
        for (role, isWelcome) in [("master", true), ("slave", false), ("sentinel", false)] {
            var greeting = Greeting(configuration, label: "a", needsPrimary: true)
            _ = greeting.receive(.status("OK"))
            let verdict = greeting.receive(.array([.bytes(Array(role.utf8)), .integer(0)]))
            let end = greeting.receive(.status("PONG"))
            if isWelcome { #expect(verdict == .unfinished && end == .welcome) }
            if !isWelcome { #expect(verdict == .later(RedisError(.disconnected, "the server is a \(role), not the primary"))) }
        }
    }

    @Test("the greeting is one write of every step") func greetingBytes() throws {
        let configuration = try RedisConfiguration(url: "redis://me:secret@host/4")
        let expected = RedisCommand("AUTH", "me", "secret").encoded + RedisCommand("SELECT", 4).encoded + RedisCommand("CLIENT", "SETNAME", "a-label").encoded
        #expect(Greeting(configuration, label: "a label").bytes == expected + RedisCommand("PING").encoded)
    }

    @Test("a queue keeps its order however much passes through it") func fifo() {
        var queue = FIFO<Int>()
        var next = 0
        var expected = 0
        for round in 0..<2_000 {
            for _ in 0..<(round % 7) {
                queue.append(next)
                next += 1
            }
            for _ in 0..<(round % 5) where !queue.isEmpty {
                #expect(queue.popFirst() == expected)
                expected += 1
            }
        }
        #expect(Array(queue.live) == Array(expected..<next))
        queue.prepend(contentsOf: [-2, -1])
        #expect(queue.popFirst() == -2)
        #expect(queue.removeAll { $0 % 2 == 0 } == Array(expected..<next).filter { $0 % 2 == 0 })
        #expect(queue.first == -1)
        #expect(queue.removeAll().count + 1 == 1 + 1 + (expected..<next).filter { $0 % 2 != 0 }.count)
        #expect(queue.isEmpty)
    }

    @Test("what was taken out of a queue is not kept alive") func fifoReleases() {
        final class Payload {}
        var queue = FIFO<Payload>()
        weak var first: Payload?
        do {
            let payload = Payload()
            first = payload
            queue.append(payload)
        }
        queue.append(Payload())
        #expect(first != nil)
        _ = queue.popFirst()
        #expect(first == nil)
        #expect(queue.count == 1)
    }

    @Test(
        "a wait is rounded up to whole milliseconds",
        arguments: [(0, 0), (1, 1), (999_999, 1), (1_000_000, 1), (1_000_001, 2), (5_000_000_000_000_000, Int32.max)] as [(UInt64, Int32)])
    func milliseconds(nanoseconds: UInt64, milliseconds: Int32) {
        let now = MonotonicTime(nanoseconds: 77)
        #expect(now.milliseconds(until: MonotonicTime(nanoseconds: 77 + nanoseconds)) == milliseconds)
    }
}
