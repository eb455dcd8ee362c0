import Hummingbird
import IntentModel
import ServiceRuntime
import Testing

@testable import APIGateway

@Suite struct RequestHeaderTests {
    @Test(
        "Prefer: wait says how long",
        arguments: [
            ("wait=10", 10), ("wait=60", 60), ("wait=1", 1), ("WAIT=5", 5), (" respond-async , wait = 7 ", 7), ("handling=lenient", nil),
            ("respond-async", nil), ("wait=0", nil), ("", nil),
        ] as [(String, Int?)])
    func wait(_ header: String, _ seconds: Int?) throws {
        #expect(try Preference.wait(in: [HeaderName.prefer: header]) == seconds.map { .seconds($0) })
    }

    @Test("without Prefer nobody waits")
    func noPreference() throws {
        #expect(try Preference.wait(in: [:]) == nil)
    }

    @Test(
        "a wait that is no number of seconds up to 60 is refused",
        arguments: ["wait", "wait=", "wait=61", "wait=-1", "wait=1.5", "wait=ten", "wait=99999999999999999999"])
    func badWait(_ header: String) {
        let error = #expect(throws: ProblemError.self) { try Preference.wait(in: [HeaderName.prefer: header]) }
        #expect(error?.problem.code == "invalid_header" && error?.problem.status == 400)
    }

    @Test(
        "an idempotency key is 1 to 255 visible characters",
        arguments: [
            ("a", true), (#""8e03978e-40d5-43dd-bc93-6894a57f9324""#, true), (String(repeating: "k", count: 255), true),
            (String(repeating: "k", count: 256), false), ("", false), ("a b", false), ("schlüssel", false),
        ])
    func idempotencyKey(_ key: String, _ isTaken: Bool) {
        let read = Result { try IdempotencyKey.read([HeaderName.idempotencyKey: key]) }
        #expect((try? read.get()) == (isTaken ? key : nil))
    }

    @Test("a cursor of the feed is read as it was written", arguments: ["", "0.1-0", "0.1780000000000-3,15.1780000000001-0"])
    func cursor(_ text: String) throws {
        #expect(try FeedCursor(text).description == text)
    }

    @Test(
        "a cursor that the feed has not given is refused",
        arguments: ["x", "1", "1.2", "1.2-3-4", "-1.2-3", "a.2-3", "1.-2-3", "1.2--3", "1.+2-3", "1.02-3", "1.2-3;4.5-6", "1.99999999999999999999-0"])
    func badCursor(_ text: String) {
        let error = #expect(throws: ProblemError.self) { try FeedCursor(text) }
        #expect(error?.problem.code == "invalid_header")
    }

    @Test("a cursor goes forward only, in each partition for itself")
    func advance() {
        var cursor = FeedCursor()
        #expect(cursor.advance(2, to: "10-0") && cursor.advance(2, to: "10-1") && !cursor.advance(2, to: "10-1") && !cursor.advance(2, to: "9-7"))
        #expect(cursor.advance(2, to: "100-0") && cursor.advance(11, to: "5-0") && cursor.description == "2.100-0,11.5-0")
    }

    @Test("a frame is one event of text/event-stream with the intent's id in its data")
    func frame() {
        let frame = EventController.frame(
            id: "3", intent: Sample.id, entry: Array(#"{"phase":"planning","at":"2026-01-01T00:00:00.000Z","by":"x","detail":"a\nb"}"#.utf8))
        #expect(
            String(buffer: frame)
                == "id: 3\nevent: phase\ndata: {\"id\":\"\(Sample.id)\",\"phase\":\"planning\",\"at\":\"2026-01-01T00:00:00.000Z\",\"by\":\"x\",\"detail\":\"a\\nb\"}\n\n"
        )
    }
}
