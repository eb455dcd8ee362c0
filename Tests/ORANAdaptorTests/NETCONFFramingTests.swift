import Testing

@testable import ORANAdaptor

@Suite struct NETCONFFramingTests {
    private func decode(_ text: String, chunked: Bool, step: Int, limit: Int = 10_000) throws -> [String] {
        var decoder = NETCONFDecoder(limit: limit)
        if chunked { decoder.switchToChunks() }
        var messages: [String] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: step) {
            decoder.append(bytes[start..<min(start + step, bytes.count)])
            while let message = try decoder.next() { messages.append(String(decoding: message, as: UTF8.self)) }
        }
        return messages
    }

    @Test("messages come out whatever pieces the bytes arrive in", arguments: [1, 2, 3, 5, 7, 1_000])
    func pieces(_ step: Int) throws {
        #expect(try self.decode("<a/>]]>]]><b>]]&gt;]]</b>]]>]]>", chunked: false, step: step) == ["<a/>", "<b>]]&gt;]]</b>"])
        #expect(
            try self.decode("\n#4\n<rpc\n#18\n message-id=\"102\"\n\n#2\n/>\n##\n\n#4\n<x/>\n##\n", chunked: true, step: step) == [
                "<rpc message-id=\"102\"\n/>", "<x/>",
            ])
    }

    @Test("a message that is framed is read back, in both framings")
    func roundTrip() throws {
        for framing in [NETCONFFraming.endOfMessage, .chunked] {
            let message = Array("<a>\n##\n#3\n</a>".utf8)
            var decoder = NETCONFDecoder(limit: 100)
            if framing == .chunked { decoder.switchToChunks() }
            decoder.append(framing.frame(message))
            #expect(try decoder.next() == message)
            #expect(try decoder.next() == nil)
        }
    }

    @Test(
        "what is no chunk is an error at once",
        arguments: ["<a/>", "\n#0\n", "\n#01\n", "\n#-1\n", "\n#x\n", "\n##\n", "\n#4294967296\n", "\n#99999999999", "#4\n<a/>", "\n#4<a/>\n##\n", "\n# 4\n"])
    func badChunks(_ text: String) {
        #expect(throws: NETCONFDecoder.Violation.self) { try self.decode(text, chunked: true, step: 1) }
    }

    @Test("what is longer than the limit is an error before it is all there", arguments: [1, 64])
    func limits(_ step: Int) {
        #expect(throws: NETCONFDecoder.Violation.tooLarge(limit: 100)) {
            try self.decode(String(repeating: "x", count: 300), chunked: false, step: step, limit: 100)
        }
        #expect(throws: NETCONFDecoder.Violation.tooLarge(limit: 100)) { try self.decode("\n#4294967295\nx", chunked: true, step: step, limit: 100) }
        #expect(throws: NETCONFDecoder.Violation.tooLarge(limit: 100)) {
            try self.decode(String(repeating: "\n#60\n" + String(repeating: "x", count: 60), count: 2), chunked: true, step: step, limit: 100)
        }
    }
}
