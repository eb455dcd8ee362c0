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

    @Test("whatever a RIC says a policy type's schema is, it is a schema whose findings are bounded, or none")
    func policySchemas() throws {
        let seeds = [
            ##"{"policySchema":{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","required":["scope"],"additionalProperties":false,"properties":{"scope":{"type":"object","properties":{"ueId":{"type":"string","pattern":"^[0-9]{1,15}$"},"qosId":{"$ref":"#/definitions/qos"}}},"list":{"type":"array","items":{"enum":[1,"a",null]},"minItems":1,"uniqueItems":true}},"definitions":{"qos":{"oneOf":[{"type":"integer","minimum":0,"maximum":255},{"$ref":"#/definitions/qos"}]}}}}"##,
            #"{"create_schema":"{\"type\":\"object\",\"patternProperties\":{\"(a|b)*c+\":{\"not\":{}}},\"allOf\":[{\"if\":{},\"then\":{\"const\":1}}]}"}"#,
        ].map { Array($0.utf8) }
        let policy = try JSONValue(
            parsing: #"{"scope":{"ueId":"001010123456789","qosId":9,"sliceId":{"sst":1}},"list":[1,"a",null,1],"aabbcc":{"x":[[[1.5e3]]]},"ä":true}"#)
        try Mutations("policy-schema", seeds: seeds).run(rounds: 5_000) { bytes throws in
            guard let object = try? JSONValue(parsing: bytes) else { return }
            let type = PolicyType(id: "20008", object: object)
            guard let schema = type.policySchema else { return }
            try #require(schema.violations(in: policy, limit: 8).count <= 8)
        }
    }

    @Test("whatever an element reports, it is an event or is not, and its time is one that can be written")
    func events() throws {
        let format = try CommonEventFormat()
        let seed =
            #"{"event":{"commonEventHeader":{"domain":"fault","eventId":"1","eventName":"Fault_down","lastEpochMicrosec":1764236640000000,"#
            + #""priority":"High","reportingEntityName":"du-3","sequence":1,"sourceName":"du-3","startEpochMicrosec":1764236640000000,"version":"4.1","vesEventListenerVersion":"7.2"},"#
            + #""faultFields":{"alarmCondition":"down","eventSeverity":"MAJOR","eventSourceType":"DU","faultFieldsVersion":"4.0","specificProblem":"link","vfStatus":"Active"}}}"#
        try Mutations("ves", seeds: [Array(seed.utf8)]).run(rounds: 2_000) { bytes throws in
            guard let value = try? JSONValue(parsing: bytes), let event = value["event"] else { return }
            do {
                let read = try CommonEvent(event, format)
                try #require(Timestamp.milliseconds(Timestamp.text(Int64(read.at / 1_000))) != nil)
            } catch is CommonEvent.Invalid {}
        }
    }
}
