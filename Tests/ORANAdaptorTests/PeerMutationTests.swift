import TestSupport
import Testing

@testable import ORANAdaptor

@Suite struct PeerMutationTests {
    @Test("whatever a device sends, framing comes back with messages or a violation, and holds no more than its limit")
    func framing() {
        let seeds = ["<hello/>]]>]]>\n#4\n<ok>\n#5\n</ok>\n##\n", "\n#1\na\n##\n\n#2\nbc\n##\n"].map { Array($0.utf8) }
        Mutations("netconf", seeds: seeds).run(rounds: 30_000) { bytes in
            for isChunked in [false, true] {
                var decoder = NETCONFDecoder(limit: 4_096)
                if isChunked { decoder.switchToChunks() }
                for start in stride(from: 0, to: bytes.count, by: 7) {
                    decoder.append(bytes[start..<min(start + 7, bytes.count)])
                    do throws(NETCONFDecoder.Violation) {
                        while let message = try decoder.next() { #expect(message.count <= 4_096) }
                    } catch { break }
                }
            }
        }
    }

    @Test("whatever a device sends as XML, it is an element or malformed, in bounded depth and size")
    func xml() {
        let seeds = [
            "<rpc-reply message-id=\"1\" xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\"><ok/></rpc-reply>",
            "<?xml version=\"1.0\"?><a b='c'>&lt;&#x41;<![CDATA[x]]><!-- y --></a>", String(repeating: "<a>", count: 300),
        ].map { Array($0.utf8) }
        Mutations("xml", seeds: seeds).run(rounds: 20_000) { bytes in _ = try? XMLReader.read(bytes) }
    }
}
