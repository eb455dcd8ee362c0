import Testing

@testable import ORANAdaptor

/// What is known of a management service's RICs, told by its answers alone.
@Suite struct NamedRICsTests {
    private static let start = ContinuousClock.now
    private static let silence = A1Error(.unreachable, ric: "service", detail: "refused")

    private static func named() -> NamedRICs { NamedRICs(service: "service", settling: .seconds(60), patience: .seconds(30), at: self.start) }

    private static func at(_ seconds: Int) -> ContinuousClock.Instant { self.start + .seconds(seconds) }

    @Test("the first answer is believed at once")
    func first() {
        var named = Self.named()
        named.take(["a"], at: Self.at(1))
        #expect(named.listing(at: Self.at(1)) == PMSDirectory.Listing(names: ["a"], doubt: nil))
    }

    @Test("one that was never read is waited for, and not for ever")
    func unread() {
        var named = Self.named()
        named.fail(Self.silence)
        let early = named.listing(at: Self.at(29))
        #expect(early == PMSDirectory.Listing(names: [], doubt: Self.silence, isSilent: true, isUnread: true, isAwaited: true))
        let late = named.listing(at: Self.at(30))
        #expect(late.isUnread && !late.isAwaited)
        // That it is left alone for a moment is no reason.
        named.fail(A1Error(.suspended, ric: "service", detail: "left alone"))
        #expect(named.listing(at: Self.at(40)).doubt == Self.silence)
    }

    @Test("silence takes nothing away, and an answer as before ends the doubt")
    func silence() {
        var named = Self.named()
        named.take(["a", "b"], at: Self.at(1))
        named.fail(Self.silence)
        #expect(named.listing(at: Self.at(2)) == PMSDirectory.Listing(names: ["a", "b"], doubt: Self.silence, isSilent: true))
        named.take(["a", "b", "c"], at: Self.at(3))
        #expect(named.listing(at: Self.at(3)) == PMSDirectory.Listing(names: ["a", "b", "c"], doubt: nil))
    }

    @Test("those that are missing may come for a while, counted from when they went")
    func fewer() {
        var named = Self.named()
        named.take(["a", "b", "c"], at: Self.at(0))
        named.take(["a", "b"], at: Self.at(10))
        #expect(named.listing(at: Self.at(10)).names == ["a", "b"] && named.listing(at: Self.at(69)).doubt?.kind == .busy)
        #expect(named.remembered(at: Self.at(69)) == ["a", "b", "c"])
        named.take(["a", "b"], at: Self.at(40))
        #expect(named.listing(at: Self.at(70)).doubt == nil && named.remembered(at: Self.at(70)) == ["a", "b"])

        named.take(["a"], at: Self.at(100))
        named.take(["a", "b"], at: Self.at(101))
        #expect(named.listing(at: Self.at(101)).doubt == nil, "it is there again")
        named.take(["a"], at: Self.at(200))
        named.take([], at: Self.at(250))
        #expect(named.listing(at: Self.at(300)).doubt != nil, "another one went meanwhile")
        #expect(named.listing(at: Self.at(310)) == PMSDirectory.Listing(names: [], doubt: nil))
    }

    @Test("one that names none at first is waited for as one that says nothing, and believed after a while")
    func none() {
        var named = Self.named()
        named.take([], at: Self.at(5))
        let early = named.listing(at: Self.at(6))
        #expect(early.isUnread && early.isAwaited && !early.isSilent)
        named.take([], at: Self.at(40))
        #expect(!named.listing(at: Self.at(64)).isAwaited && named.listing(at: Self.at(64)).isUnread)
        #expect(named.listing(at: Self.at(65)) == PMSDirectory.Listing(names: [], doubt: nil))
    }

    @Test("what an earlier process knew stands for what is not known, and not against an answer")
    func recalled() {
        var named = Self.named()
        named.recall(["a", "b"])
        named.fail(Self.silence)
        #expect(named.listing(at: Self.at(1)) == PMSDirectory.Listing(names: ["a", "b"], doubt: Self.silence, isSilent: true))
        named.take(["b"], at: Self.at(2))
        #expect(named.listing(at: Self.at(2)).names == ["b"] && named.listing(at: Self.at(2)).doubt?.kind == .busy)
        named.recall(["x"])
        #expect(named.listing(at: Self.at(62)) == PMSDirectory.Listing(names: ["b"], doubt: nil))
    }
}
