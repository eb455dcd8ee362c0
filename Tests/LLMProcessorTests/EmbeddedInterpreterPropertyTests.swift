import IntentModel
import Testing

@testable import IntentLanguage

@Suite struct EmbeddedInterpreterPropertyTests {
    /// SplitMix64, so that a failure can be repeated.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            self.state &+= 0x9e37_79b9_7f4a_7c15
            var z = self.state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
    }

    @Test("no bytes make it fail", arguments: 0..<8)
    func randomBytes(_ seed: Int) throws {
        var generator = Generator(state: UInt64(seed) &+ 1)
        for _ in 0..<100 {
            let bytes = (0..<Int.random(in: 0...300, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let text = String(decoding: bytes, as: UTF8.self)
            let read = try #require(ShippedVocabulary.interpret(text))
            #expect(read == ShippedVocabulary.interpret(text))
        }
    }

    @Test("no arrangement of its own words makes it fail, and numbers are never made up", arguments: 0..<8)
    func randomWords(_ seed: Int) throws {
        var generator = Generator(state: UInt64(seed) &* 7919 &+ 3)
        let words = """
            deploy scale remove configure migrate restart enable disable add set report roll back AMF SMF UPF amf-1 "a b" core-x namespace cluster site ns in at on to from with without for by and or , . ; : - ( ) / 3 -2 1.5 10% 4Gi 5 ms 2-6
            five dozen couple of each both it them named called at least most no more than min max between replicas cpu memory latency eMBB slice xApp for policy 5G production sst sd plmn % not do should is then = x 10x E2 node double half another more traffic steering firewall
            include xyz1 until monday weekend near same as like keep several total every per else yesterday no never fewer off hours data connect slices lab both
            """.split { $0 == " " || $0 == "\n" }
        for _ in 0..<250 {
            let text = (0..<Int.random(in: 1...30, using: &generator)).compactMap { _ in words.randomElement(using: &generator) }.joined(separator: " ")
            let read = try #require(ShippedVocabulary.interpret(text))
            for target in read.expectations.flatMap(\.targets) {
                let evidence = try #require(target.evidence, "\(text)")
                #expect(text.contains(evidence), "\(text)")
            }
        }
    }

    @Test("no beginning of a long sentence makes it fail")
    func prefixes() throws {
        let text =
            "Deploy a high-availability AMF named \"amf east\" with 3-5 replicas, 2 vCPU & 4GiB, latency < 5 ms in namespace core-x; then scale SMF (smf-1) from 2 to 4 & don't touch the UPF's 10% load — S-NSSAI 1-0000ff, PLMN 262-01."
        for end in text.indices { _ = try #require(ShippedVocabulary.interpret(String(text[..<end]))) }
    }

    @Test(
        "four times the text costs at most six times the looks at words, for the worst texts known",
        arguments: [
            "AMF ", "3 ", "a-", "\"", "'x ", "deploy ", "and ", "or AMF ", "or 3 ", "if ", "if AMF ", "not ", "not AMF ", "ignore ", "ns ", "name ", "5 to ",
            "(", "x", "é",
            "🚀", "amf-1, ", "min max ", "for ", "scale AMF to 3. ", "scale amf-1 to 3 and ", "no wait ", "in every region ", "replcias ", "擴展", "將 AMF ",
            "skaliere ",
            "stelle AMF ", "a 5 ", "deploy AMF with autoscaling for the SMF, ", "turn AMF off ", "version of ", "dnn of ",
        ])
    func linearCost(_ unit: String) throws {
        let interpreter = try #require(ShippedVocabulary.interpreter)
        func looks(_ length: Int) -> Int {
            interpreter.read(InterpretationRequest(intent: String(String(repeating: unit, count: length / unit.count + 1).prefix(length)))).looks
        }
        let short = looks(1024), long = looks(4096)
        // Linear cost is four times; quadratic would be sixteen.
        #expect(long <= short * 6 + 2_000, "1,024 characters: \(short) looks, 4,096: \(long)")
    }

    @Test("4,096 characters around a request do not change it")
    func longText() throws {
        let padding = String(repeating: "\u{2003}", count: 4096 - 40)
        let read = try #require(ShippedVocabulary.interpret("Scale the SMF to 4 replicas" + padding))
        #expect(read.decision == .accepted)
        #expect(read.expectations.first?.target("replicas")?.value == .number(4))
    }
}
