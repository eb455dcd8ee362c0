import Resilience
import Testing

@testable import Kubernetes

@Suite("Where a watch has come to")
struct WatchCursorTests {
    private let gone = KubernetesError.status(code: 410, reason: "Expired", message: "too old", retryAfter: nil)

    @Test("all pages of a list are of its first page's version, from which the watch goes on")
    func pages() {
        var cursor = WatchCursor()
        #expect(cursor.demand == .list(next: nil))
        var isLast = cursor.listed("100", next: "a")
        #expect(!isLast)
        #expect(cursor.demand == .list(next: "a"))
        isLast = cursor.listed("107", next: nil)
        #expect(isLast)
        #expect(cursor.demand == .watch(from: "100"))
        cursor.reached("109")
        #expect(cursor.demand == .watch(from: "109"))
    }

    @Test("a version that is no longer kept is listed again at once, and not at once for ever")
    func tooOld() {
        var cursor = WatchCursor()
        _ = cursor.listed("100", next: nil)
        var pause = cursor.failed(self.gone, random: 0)
        #expect(pause == .zero)
        #expect(cursor.demand == .list(next: nil))
        // The next page of a list that is gone: from its beginning, after a pause.
        _ = cursor.listed("120", next: "a")
        pause = cursor.failed(self.gone, random: 0)
        #expect(pause > .zero)
        #expect(cursor.demand == .list(next: nil))
    }

    @Test("what breaks goes on where it was, later each time, and after as long as the server asked for")
    func broken() {
        var cursor = WatchCursor(backoff: Backoff(base: .seconds(1), cap: .seconds(8)))
        _ = cursor.listed("100", next: nil)
        let broken = KubernetesError.transport("reset", wasNotSent: false)
        var pause = cursor.failed(broken, random: 0)
        #expect(pause == .milliseconds(500))
        pause = cursor.failed(broken, random: 1)
        #expect(pause == .seconds(2))
        pause = cursor.failed(broken, random: 0)
        #expect(pause == .seconds(2))
        for _ in 0..<20 {
            let pause = cursor.failed(broken, random: 1)
            #expect(pause <= .seconds(8))
        }
        pause = cursor.failed(.status(code: 429, reason: "", message: "", retryAfter: .seconds(30)), random: 0)
        #expect(pause == .seconds(34))
        #expect(cursor.demand == .watch(from: "100"))
        cursor.reached("101")
        #expect(cursor.failures == 0)
    }

    @Test("a server that ends watches at once is not asked at once")
    func hasty() {
        var cursor = WatchCursor()
        _ = cursor.listed("100", next: nil)
        var pause = cursor.ended(progressed: true, lasted: .zero, random: 0)
        #expect(pause == .zero)
        pause = cursor.ended(progressed: false, lasted: .seconds(240), random: 0)
        #expect(pause == .zero)
        pause = cursor.ended(progressed: false, lasted: .zero, random: 0)
        #expect(pause > .zero)
    }

    @Test("lines are cut wherever the bytes were, and one without an end is refused")
    func lines() throws {
        var lines = WatchLines(limit: 8)
        var complete = try lines.append(Array("ab\ncd".utf8))
        #expect(complete == [Array("ab".utf8)])
        complete = try lines.append(Array("e\n\n\nf".utf8))
        #expect(complete == [Array("cde".utf8)])
        do {
            complete = try lines.append(Array("123456789".utf8))
            Issue.record("a line of ten bytes was taken")
        } catch {
            #expect(error == WatchLines.TooLong(limit: 8))
        }
    }
}
