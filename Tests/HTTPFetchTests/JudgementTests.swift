import HTTPFetch
import Resilience
import Testing

@Suite struct JudgementTests {
    private func judge(_ status: Int, retryAfter: String? = nil, repeated: ClosedRange<Int> = 502...503, whenShed pause: Duration? = nil) -> Judgement {
        let headers = retryAfter.map { [("retry-after", $0)] } ?? []
        return Judgement(.success(FetchResponse(status: status, headers: headers)), repeated: repeated, whenShed: pause)
    }

    @Test("statuses below 500 are answers, those above failures, of which some are worth a repeat")
    func statuses() {
        for status in [200, 304, 401, 404, 409] { #expect(self.judge(status) == Judgement(.success)) }
        for status in [500, 501, 504] { #expect(self.judge(status) == Judgement(.failure)) }
        for status in [502, 503] { #expect(self.judge(status) == Judgement(.failure, mayRetry: true)) }
        #expect(self.judge(500, repeated: 500...599) == Judgement(.failure, mayRetry: true))
    }

    @Test("a server that sheds is left alone as long as it says; who waits for it asks again")
    func shedding() {
        #expect(self.judge(429) == Judgement(.ignored))
        #expect(self.judge(429, retryAfter: "3") == Judgement(.ignored, pause: .seconds(3)))
        #expect(self.judge(429, whenShed: .seconds(1)) == Judgement(.ignored, mayRetry: true, pause: .seconds(1)))
        #expect(self.judge(429, retryAfter: "3", whenShed: .seconds(1)) == Judgement(.ignored, mayRetry: true, pause: .seconds(3)))
        #expect(self.judge(503, retryAfter: "3") == Judgement(.failure, mayRetry: true))
        #expect(self.judge(503, retryAfter: "3", whenShed: .seconds(1)) == Judgement(.failure, mayRetry: true, pause: .seconds(3)))
    }

    @Test("what is our own doing says nothing of the server; what cannot end otherwise is not repeated")
    func errors() {
        func judge(_ error: FetchError) -> Judgement { Judgement(.failure(error), repeated: 502...503) }
        for error in [FetchError.cancelled, .stopped, .invalid("x"), .overloaded(limit: 1)] { #expect(judge(error) == Judgement(.ignored)) }
        for error in [FetchError.timedOut, .tls("x"), .tooLarge(limit: 1), .refusedAddress] { #expect(judge(error) == Judgement(.failure)) }
        #expect(judge(.connect("x")) == Judgement(.failure, mayRetry: true))
    }
}
