import GitObjects
import IntentModel
import Synchronization
import Testing

@testable import NephioBridge

@Suite struct CrashTests {
    struct Interrupted: Error {}

    /// Interrupts once, at the first passing of a point.
    private final class Interruption: Sendable {
        private let point: Mutex<PublicationPoint?>

        init(at point: PublicationPoint) { self.point = Mutex(point) }

        func pass(_ point: PublicationPoint) throws {
            let isHere = self.point.withLock { awaited in
                guard awaited == point else { return false }
                awaited = nil
                return true
            }
            if isHere { throw Interrupted() }
        }
    }

    private static let publishing: [PublicationPoint] = [.pack(.written), .pack(.named), .pack(.indexed), .ref(.locked), .ref(.moved)]

    @Test("wherever a publication is interrupted, a repeat makes exactly one revision with its tag", arguments: Self.publishing.map(\.name))
    func interrupted(point: String) async throws {
        let store = try TestRepository()
        try await store.open().open()
        let intents = (0..<5).map { _ in store.intent() }
        func batch(repeated: Bool) -> [PublishRequest] {
            intents.enumerated().map { request($0.element, "default/core5g/amf-\($0.offset)", to: package("amf-\($0.offset)"), repeated: repeated) }
        }
        let interruption = Interruption(at: try #require(PublicationPoint(point)))
        let first = PackageRepository(target: .directory(store.directory), freshness: .zero) { try interruption.pass($0) }
        let before = await first.publish(batch(repeated: false))
        #expect(before.allSatisfy { $0.packages == nil })
        #expect(try await store.ask("fsck", "--full", "--strict", "--no-dangling") == "")
        let isPublished = try await store.revisions() == intents.count
        #expect(isPublished == (point == "ref-moved"))
        #expect(try await store.ask("tag") == "")
        // The same process repeats, then one that knows nothing.
        let after = await first.publish(batch(repeated: true))
        let checks = try await first.verify(after.flatMap { $0.packages ?? [] }, expected: batch(repeated: true).flatMap(\.changes))
        #expect(checks.count == 3 * intents.count && checks.allSatisfy(\.passed))
        let restarted = await store.open().publish(batch(repeated: true))
        #expect(after == restarted)
        #expect(after.allSatisfy { $0.packages?.first?.revision == "v1" })
        for result in before {
            if case .failed(_, let mayRetry) = result { #expect(mayRetry) } else { #expect(after.contains(result)) }
        }
        #expect(try await store.revisions() == intents.count)
        for package in after.compactMap({ $0.packages?.first }) {
            #expect(try await store.ask("rev-parse", "refs/tags/\(package.path)/v1") == package.commit)
        }
        #expect(try await store.ask("fsck", "--full", "--strict", "--no-dangling") == "")
    }

    @Test("wherever merging is interrupted, everything is there, and the next merging comes to its end")
    func merging() async throws {
        for point in PackStore.Point.allCases { try await self.merging(interruptedAt: point) }
    }

    private func merging(interruptedAt point: PackStore.Point) async throws {
        let store = try TestRepository()
        let repository = store.open()
        // Too few to be merged by who publishes.
        func publish(_ numbers: Range<Int>) async {
            for number in numbers { _ = await repository.publish([request(store.intent(), "default/core5g/amf-\(number)", to: package("amf-\(number)"))]) }
        }
        await publish(0..<6)
        for number in 0..<16 {
            var pack = try PackBuilder()
            let text = "\(number)"
            try pack.add(blob: text, ObjectID(kind: .blob, content: text.utf8))
            try PackStore(repository: store.directory).add(pack.finished())
        }
        let interruption = Interruption(at: .pack(point))
        let packs = PackStore(repository: store.directory) { try interruption.pass(.pack($0)) }
        #expect(throws: Interrupted.self) { try packs.merge() }
        #expect(try await store.ask("fsck", "--full", "--strict", "--no-dangling") == "", "\(point)")
        #expect(try await store.open().items().count == 6, "\(point)")
        try packs.merge()
        #expect(try await store.packs() < 16, "\(point)")
        #expect(try await store.ask("fsck", "--full", "--strict", "--no-dangling") == "", "\(point)")
        await publish(6..<8)
        #expect(try await store.open().items().count == 8, "\(point)")
    }

    @Test("tags that a crash left unwritten are written at the next start")
    func tags() async throws {
        let store = try TestRepository()
        let intent = store.intent()
        let interruption = Interruption(at: .ref(.moved))
        try await store.open().open()
        let result = await PackageRepository(target: .directory(store.directory), freshness: .zero) { try interruption.pass($0) }
            .publish([request(intent, "default/core5g/amf", to: package("amf"))])
        #expect(result[0].packages == nil)
        #expect(try await store.ask("tag") == "")
        let repository = store.open()
        let item = try #require(try await repository.items().first)
        #expect(item.revision == "v1" && item.intentId == intent.description)
        #expect(try await store.ask("rev-parse", "refs/tags/default/core5g/amf/v1") == item.commit)
        let next = await repository.publish([request(store.intent(), "default/core5g/amf", from: package("amf"), to: nil)])
        #expect(next[0].packages?.first?.revision == "v2")
    }

    @Test("the lock of a killed git does not block the branch")
    func staleLock() async throws {
        let store = try TestRepository()
        let repository = store.open()
        try await repository.open()
        try store.leaveLock(at: "refs/heads/main.lock", age: 60)
        let result = await repository.publish([request(store.intent(), "default/core5g/amf", to: package("amf"))])
        #expect(result[0].packages?.first?.revision == "v1")
    }

    @Test("the lock of a killed process is taken away by who takes its work over, not while another of ours may hold it")
    func lockOfOurs() async throws {
        let store = try TestRepository()
        let repository = store.open()
        try await repository.open()
        try store.leaveLock(at: "refs/heads/main.lock", age: 2)
        func publish() async -> PublishResult { await repository.publish([request(store.intent(), "default/core5g/amf", to: package("amf"))])[0] }
        let turn = await ProcessTurn(at: store.directory, within: .seconds(1))
        let held = await publish()
        #expect(held.packages == nil)
        _ = consume turn
        let taken = await publish()
        #expect(taken.packages?.first?.revision == "v1")
    }

    @Test("reading goes on after its git process was killed")
    func reader() async throws {
        let store = try TestRepository()
        let repository = store.open()
        _ = await repository.publish([request(store.intent(), "default/core5g/amf", to: package("amf"))])
        #expect(try await repository.files(path: "default/core5g/amf", revision: "v1")?.count == 3)
        await repository.reader.stop()
        #expect(try await repository.reader.object("main")?.kind == .commit)
    }
}
