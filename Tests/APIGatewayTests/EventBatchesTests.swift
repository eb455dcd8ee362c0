import IntentModel
import Testing

@testable import APIGateway
@testable import Ledger

@Suite(.timeLimit(.minutes(1))) struct EventBatchesTests {
    private static func event(_ number: Int) -> LedgerEvent {
        LedgerEvent(id: Sample.id, partition: 0, position: "\(number)-0", sequence: number, entry: [])
    }

    @Test("what came meanwhile comes at once and in order, and the end after it")
    func batches() async {
        let (events, feed) = AsyncStream.makeStream(of: LedgerEvent.self)
        let batches = EventBatches(events)
        for number in 1...5 { feed.yield(Self.event(number)) }
        feed.finish()
        var seen: [Int] = []
        while let batch = await batches.next() { seen += batch.map(\.sequence) }
        #expect(seen == [1, 2, 3, 4, 5])
        #expect(await batches.next() == nil)
    }

    @Test("a reader that waits gets an empty batch now and then, and what comes after it")
    func beats() async {
        let (events, feed) = AsyncStream.makeStream(of: LedgerEvent.self)
        let batches = EventBatches(events, beat: .milliseconds(10))
        #expect(await batches.next()?.isEmpty == true)
        feed.yield(Self.event(1))
        var seen: [Int] = []
        while seen.isEmpty, let batch = await batches.next() { seen += batch.map(\.sequence) }
        #expect(seen == [1])
    }

    @Test("a reader that is cancelled waits no longer")
    func cancelled() async {
        let (events, feed) = AsyncStream.makeStream(of: LedgerEvent.self)
        let batches = EventBatches(events)
        let reader = Task { await batches.next() }
        reader.cancel()
        #expect(await reader.value == nil)
        feed.finish()
    }

    @Test("a client that falls too far behind gets what there was room for, and then the end")
    func behind() async {
        let (events, feed) = AsyncStream.makeStream(of: LedgerEvent.self)
        for number in 1...9_000 { feed.yield(Self.event(number)) }
        let batches = EventBatches(events)
        try? await Task.sleep(for: .milliseconds(200))
        var seen: [Int] = []
        while let batch = await batches.next() { seen += batch.map(\.sequence) }
        #expect(seen == Array(1...8_192))
        feed.finish()
    }
}
