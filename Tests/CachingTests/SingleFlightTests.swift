import Testing

@testable import Caching

@Suite struct SingleFlightTests {
    struct Failure: Error {}

    @Test("all who ask at once share one load") func shares() async throws {
        let flights = SingleFlight<String, Int>()
        let (gate, loads) = (Gate(), Counter())
        let values = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await flights.value(for: "key") {
                        loads.increment()
                        await gate.wait()
                        return 7
                    }
                }
            }
            await eventually("all have joined") { flights.waiting(for: "key") == 100 }
            gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(values == Array(repeating: 7, count: 100))
        #expect(loads.value == 1)
    }

    @Test("different keys do not wait for each other") func independent() async throws {
        let flights = SingleFlight<String, Int>()
        let gate = Gate()
        async let slow = flights.value(for: "slow") {
            await gate.wait()
            return 1
        }
        #expect(try await flights.value(for: "fast") { 2 } == 2)
        gate.open()
        #expect(try await slow == 1)
    }

    @Test("a failure reaches all who waited, and the next one loads anew") func fails() async throws {
        let flights = SingleFlight<String, Int>()
        let gate = Gate()
        await withTaskGroup { group in
            for _ in 0..<10 {
                group.addTask {
                    await #expect(throws: Failure.self) {
                        try await flights.value(for: "key") {
                            await gate.wait()
                            throw Failure()
                        }
                    }
                }
            }
            await eventually("all have joined") { flights.waiting(for: "key") == 10 }
            gate.open()
        }
        #expect(try await flights.value(for: "key") { 3 } == 3)
    }

    @Test("the one who started the load may be cancelled without disturbing the others") func cancelled() async throws {
        let flights = SingleFlight<String, Int>()
        let gate = Gate()
        let first = Task {
            try await flights.value(for: "key") {
                await gate.wait()
                return Task.isCancelled ? 0 : 5
            }
        }
        await eventually("the first has joined") { flights.waiting(for: "key") == 1 }
        let second = Task { try await flights.value(for: "key") { 6 } }
        await eventually("the second has joined") { flights.waiting(for: "key") == 2 }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        gate.open()
        #expect(try await second.value == 5)
    }

    @Test("a load that nobody waits for any more is cancelled") func abandoned() async throws {
        let flights = SingleFlight<String, Int>()
        let (gate, sawCancellation) = (Gate(), Gate())
        let only = Task {
            try await flights.value(for: "key") {
                await withTaskCancellationHandler {
                    await gate.wait()
                } onCancel: {
                    sawCancellation.open()
                }
                return 1
            }
        }
        await eventually("it has joined") { flights.waiting(for: "key") == 1 }
        only.cancel()
        await sawCancellation.wait()
        await #expect(throws: CancellationError.self) { try await only.value }
        // The abandoned load still runs; a new one does not wait for it.
        #expect(try await flights.value(for: "key") { 2 } == 2)
        gate.open()
    }

    @Test("a task that is cancelled already does not load") func cancelledBefore() async throws {
        let flights = SingleFlight<String, Int>()
        let task = Task {
            await eventually("cancelled") { Task.isCancelled }
            return try await flights.value(for: "key") { 1 }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(flights.waiting(for: "key") == 0)
    }
}
