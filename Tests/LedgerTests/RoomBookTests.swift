import IntentModel
import TestSupport
import Testing

@testable import Ledger

/// What plans take of clusters, on a real Redis.
@Suite(.serialized) struct RoomBookTests {
    private static let ids = (0...RoomBook.most).map { IntentID(partition: $0 % 4, milliseconds: 1_000 + Int64($0)) }
    private static func id(_ number: Int) -> IntentID { self.ids[number] }

    private func intents(_ entries: [RoomBook.Entry]?) -> [IntentID] { (entries ?? []).sorted { $0.place < $1.place }.map(\.intent) }

    @Test("entries are seen by all but their own intent, in the order in which they were made; another one of the same intent takes its place")
    func order() async throws {
        try await withLedger { ledger, _ in
            let book = RoomBook(ledger: ledger, lasts: .seconds(60))
            let (first, others) = try await book.take([("edge01", [1]), ("edge02", [2])], for: Self.id(1))
            #expect(others == ["edge01": [], "edge02": []])
            let (second, before) = try await book.take([("edge01", [3])], for: Self.id(2))
            #expect(second > first)
            #expect(before == ["edge01": [.init(intent: Self.id(1), place: first, what: [1])]])
            #expect(try await book.entries(of: "edge01", besides: Self.id(1)) == [.init(intent: Self.id(2), place: second, what: [3])])
            let (third, _) = try await book.take([("edge01", [4]), ("edge02", [])], for: Self.id(1))
            #expect(try await book.entries(of: "edge01", besides: nil).sorted { $0.place < $1.place }.map(\.place) == [second, third])
            #expect(try await book.entries(of: "edge02", besides: nil).isEmpty, "what is not wanted any more is given back")
        }
    }

    @Test("what is past is forgotten, unless its intent has taken something else in the meantime")
    func past() async throws {
        try await withLedger { ledger, _ in
            let book = RoomBook(ledger: ledger, lasts: .seconds(60))
            let (old, _) = try await book.take([("edge01", [1])], for: Self.id(1))
            let (gone, _) = try await book.take([("edge01", [1])], for: Self.id(2))
            _ = try await book.take([("edge01", [2])], for: Self.id(1))
            let past = [(1, old), (2, gone)].map { RoomBook.Past(cluster: "edge01", intent: Self.id($0.0), place: $0.1) }
            let (_, others) = try await book.take([("edge01", [9])], for: Self.id(3), past: Set(past))
            #expect(self.intents(others["edge01"]) == [Self.id(1)])
            try await book.forget([.init(cluster: "edge01", intent: Self.id(3), place: 4)])
            #expect(self.intents(try await book.entries(of: "edge01", besides: nil)) == [Self.id(1)])
        }
    }

    @Test("entries end when their time is over, by the server's clock")
    func time() async throws {
        try await withLedger { ledger, _ in
            let book = RoomBook(ledger: ledger, lasts: .milliseconds(50))
            _ = try await book.take([("edge01", [1])], for: Self.id(1))
            try await eventually { try await book.entries(of: "edge01", besides: nil).isEmpty }
            // One that is made anew does not bring the others back.
            let lasting = RoomBook(ledger: ledger, lasts: .seconds(60))
            let (_, others) = try await lasting.take([("edge01", [2])], for: Self.id(2))
            #expect(others["edge01"] == [])
        }
    }

    @Test("of more entries of a cluster than the book holds the oldest is forgotten")
    func bound() async throws {
        try await withLedger { ledger, _ in
            let book = RoomBook(ledger: ledger, lasts: .seconds(600))
            for number in 0...RoomBook.most { _ = try await book.take([("edge01", [1])], for: Self.id(number)) }
            let intents = self.intents(try await book.entries(of: "edge01", besides: nil))
            #expect(intents.count == RoomBook.most && intents.first == Self.id(1) && intents.last == Self.id(RoomBook.most))
        }
    }
}
