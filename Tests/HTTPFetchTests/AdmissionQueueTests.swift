import Testing

@testable import HTTPFetch

@Suite struct AdmissionQueueTests {
    let start = ContinuousClock.now

    func queue(limit: Int, perOrigin: Int, _ waiting: [(UInt64, String)]) -> AdmissionQueue {
        var queue = AdmissionQueue(limit: limit, limitPerOrigin: perOrigin)
        for (id, origin) in waiting { queue.enqueue(id, origin: origin, deadline: self.start.advanced(by: .seconds(Int(id)))) }
        return queue
    }

    func admitAll(_ queue: inout AdmissionQueue) -> [UInt64] {
        var admitted: [UInt64] = []
        while let id = queue.admit() { admitted.append(id) }
        return admitted
    }

    @Test(
        "origins take turns, each in order, within both limits",
        arguments: [
            (9, 9, [1, 4, 2, 3] as [UInt64]), (3, 9, [1, 4, 2]), (9, 1, [1, 4]), (1, 9, [1]),
        ])
    func admission(limit: Int, perOrigin: Int, expected: [UInt64]) {
        var queue = self.queue(limit: limit, perOrigin: perOrigin, [(1, "a"), (2, "a"), (3, "a"), (4, "b")])
        #expect(self.admitAll(&queue) == expected)
    }

    @Test("an end lets the next of that origin in")
    func release() {
        var queue = self.queue(limit: 9, perOrigin: 1, [(1, "a"), (2, "a"), (3, "b")])
        #expect(self.admitAll(&queue) == [1, 3])
        queue.release(origin: "b")
        #expect(self.admitAll(&queue) == [])
        queue.release(origin: "a")
        #expect(self.admitAll(&queue) == [2])
    }

    @Test("the withdrawn are passed over, and leave nothing behind")
    func withdraw() {
        var queue = self.queue(limit: 9, perOrigin: 1, [(1, "a"), (2, "a"), (3, "a")])
        #expect(queue.withdraw(1) == true)
        #expect(queue.withdraw(1) == false)
        #expect(self.admitAll(&queue) == [2])
        #expect(queue.withdraw(2) == false)
        #expect(queue.withdraw(3) == true)
        queue.release(origin: "a")
        #expect(queue.laneCount == 0)
        #expect(queue.waitingCount == 0)
        #expect(queue.earliestDeadline == nil)
    }

    @Test("those whose time is up come out, the others stay")
    func expire() {
        var queue = self.queue(limit: 0, perOrigin: 0, [(5, "a"), (1, "a"), (2, "b"), (9, "b")])
        #expect(queue.expire(at: self.start) == [])
        #expect(queue.expire(at: self.start.advanced(by: .seconds(2))) == [1, 2])
        #expect(queue.earliestDeadline == self.start.advanced(by: .seconds(5)))
        #expect(queue.expire(at: self.start.advanced(by: .seconds(100))) == [5, 9])
        #expect(queue.laneCount == 0)
    }

    @Test("a long queue is served in order to its end, also when refilled meanwhile")
    func long() {
        var queue = AdmissionQueue(limit: 1, limitPerOrigin: 1)
        var served: [UInt64] = []
        for id in 0..<1000 as Range<UInt64> {
            queue.enqueue(id, origin: "a", deadline: self.start)
            if id % 2 == 1, let next = queue.admit() {
                served.append(next)
                queue.release(origin: "a")
            }
        }
        while let next = queue.admit() {
            served.append(next)
            queue.release(origin: "a")
        }
        #expect(served == Array(0..<1000))
        #expect(queue.laneCount == 0)
    }
}
