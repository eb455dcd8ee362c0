import Testing

@testable import HTTPFetch

@Suite struct BodyBufferTests {
    let buffer = BodyBuffer<String>(limit: 4)

    struct Offered: Equatable {
        let accepted: Bool
        var waiter: String?
    }

    func offer(_ text: String, to buffer: inout BodyBuffer<String>) -> Offered {
        let (accepted, waiter) = Array(text.utf8).withUnsafeBytes { buffer.offer($0) }
        return Offered(accepted: accepted, waiter: waiter?.0)
    }

    @Test("it takes up to its limit, pauses, and asks to go on once read")
    func pauses() {
        var buffer = self.buffer
        #expect(self.offer("abc", to: &buffer) == Offered(accepted: true))
        #expect(self.offer("de", to: &buffer) == Offered(accepted: false))
        let take = buffer.take("reader")
        #expect(take.read == .success(Array("abc".utf8)))
        #expect(take.resumesTransfer)
        #expect(self.offer("de", to: &buffer) == Offered(accepted: true))
        #expect(buffer.take("reader").resumesTransfer == false)
    }

    @Test("a single offer beyond the limit is taken when nothing else is there")
    func oversized() {
        var buffer = self.buffer
        #expect(self.offer("abcdefgh", to: &buffer) == Offered(accepted: true))
    }

    @Test("who waits is given the next bytes, or the end", arguments: [nil, FetchError.timedOut])
    func waiter(error: FetchError?) {
        var buffer = self.buffer
        #expect(buffer.take("first").read == nil)
        #expect(buffer.take("second").read == .failure(.invalid("a stream has one consumer")))
        #expect(self.offer("abc", to: &buffer) == Offered(accepted: true, waiter: "first"))
        #expect(buffer.take("third").read == nil)
        #expect(buffer.finish(error) == "third")
        #expect(buffer.take("fourth").read == error.map(BodyRead.failure) ?? .success(nil))
    }

    @Test("what arrived before an error is read before it")
    func errorAfterBytes() {
        var buffer = self.buffer
        _ = self.offer("ab", to: &buffer)
        #expect(buffer.finish(.timedOut) == nil)
        #expect(buffer.take("reader").read == .success(Array("ab".utf8)))
        #expect(buffer.take("reader").read == .failure(.timedOut))
    }

    @Test("given up, it forgets its bytes and swallows the rest")
    func abandoned() {
        var buffer = self.buffer
        _ = self.offer("ab", to: &buffer)
        #expect(buffer.abandon().wasOpen == true)
        #expect(buffer.abandon().wasOpen == false)
        #expect(self.offer("abcdefgh", to: &buffer) == Offered(accepted: true))
        #expect(buffer.take("reader").read == .failure(.cancelled))
    }
}
