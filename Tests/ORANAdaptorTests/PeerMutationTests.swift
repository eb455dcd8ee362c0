import IntentModel
import JSONSchema
import TestSupport
import Testing

@testable import ORANAdaptor

@Suite struct PeerMutationTests {
    @Test("whatever a device sends, framing comes back with messages or a violation, and holds no more than its limit")
    func framing() throws {
        let seeds = ["<hello/>]]>]]>\n#4\n<ok>\n#5\n</ok>\n##\n", "\n#1\na\n##\n\n#2\nbc\n##\n"].map { Array($0.utf8) }
        try Mutations("netconf", seeds: seeds).run(rounds: 30_000) { bytes throws in
            for isChunked in [false, true] {
                var decoder = NETCONFDecoder(limit: 4_096)
                if isChunked { decoder.switchToChunks() }
                for start in stride(from: 0, to: bytes.count, by: 7) {
                    decoder.append(bytes[start..<min(start + 7, bytes.count)])
                    do {
                        while let message = try decoder.next() { try #require(message.count <= 4_096) }
                    } catch is NETCONFDecoder.Violation { break }
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

    @Test("whatever an element reports, it is an event or is not, and its time is one that can be written")
    func events() throws {
        let format = try CommonEventFormat()
        let seed =
            #"{"event":{"commonEventHeader":{"domain":"fault","eventId":"1","eventName":"Fault_down","lastEpochMicrosec":1764236640000000,"priority":"High","reportingEntityName":"du-3","sequence":1,"sourceName":"du-3","startEpochMicrosec":1764236640000000,"version":"4.1","vesEventListenerVersion":"7.2"},"faultFields":{"alarmCondition":"down","eventSeverity":"MAJOR","eventSourceType":"DU","faultFieldsVersion":"4.0","specificProblem":"link","vfStatus":"Active"}}}"#
        try Mutations("ves", seeds: [Array(seed.utf8)]).run(rounds: 2_000) { bytes throws in
            guard let value = try? JSONValue(parsing: bytes), let event = value["event"] else { return }
            do {
                let read = try CommonEvent(event, format)
                try #require(Timestamp.milliseconds(Timestamp.text(Int64(read.at / 1_000))) != nil)
            } catch is CommonEvent.Invalid {}
        }
    }
}
