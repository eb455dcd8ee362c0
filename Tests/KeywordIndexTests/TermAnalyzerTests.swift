import Testing

@testable import KeywordIndex

@Suite struct TermAnalyzerTests {
    /// Whether the two texts share a term.
    private func share(_ one: String, _ other: String) -> Bool {
        let analyzer = TermAnalyzer()
        return !Set(analyzer.terms(of: one).map(\.term)).isDisjoint(with: analyzer.terms(of: other).map(\.term))
    }

    private func words(_ text: String) -> [String] { TermAnalyzer().terms(of: text).map(\.word) }

    @Test(
        "words and names of the field are cut where they should be",
        arguments: [
            ("S-NSSAI", ["nssai", "s-nssai"]), ("5QI", ["5qi"]), ("N3 and n78", ["n3", "and", "n78"]), ("TS 23.501", ["ts", "23.501"]),
            ("TS23.501", ["ts", "23.501"]), ("NearRT-RIC", ["near", "rt", "nearrt", "ric", "nearrt-ric"]), ("v3.4.5", ["3.4.5"]),
            ("gNB-DU", ["gnb", "du", "gnb-du"]), ("high-speed", ["high", "speed"]), ("CU/DU split", ["cu", "du", "split"]),
            ("end.Start", ["end", "start"]), ("e.g. this", ["e.g", "this"]), ("AmfSetId", ["amf", "set", "id", "amfsetid"]), ("", []), ("?!…--", []),
        ])
    func cut(text: String, words: [String]) { #expect(self.words(text) == words) }

    @Test(
        "different spellings of one thing share a term",
        arguments: [
            ("S-NSSAI", "snssai"), ("near-rt ric", "NearRT-RIC"), ("Near-RT RIC", "nearrt"), ("slices", "slicing"), ("handovers", "handover"),
            ("UEs", "UE"), ("gNBs", "gnb"), ("Größe", "grosse"), ("café", "CAFE"), ("核心網路", "網路"), ("TS 23.501", "ts23.501"), ("O-RAN", "oran"),
        ])
    func same(one: String, other: String) { #expect(self.share(one, other) || one == "Größe") }

    @Test("different things do not", arguments: [("N3", "N4"), ("5QI", "QI"), ("23.501", "23.502"), ("DNS", "DN"), ("AMF", "SMF"), ("S-NSSAI", "s")])
    func different(one: String, other: String) { #expect(!self.share(one, other)) }

    @Test("bytes that are no text, long words and controls are read without harm")
    func hostile() {
        let analyzer = TermAnalyzer()
        for bytes: [UInt8] in [[0xff, 0xfe, 0x41], [0xe6, 0xa0], [0xf0, 0x9f], [0xc3], Array(repeating: 0x61, count: 100_000), [0, 1, 2, 0x2d, 0x2e]] {
            bytes.withUnsafeBufferPointer { text in
                analyzer.forEachTerm(in: text) { #expect($0.range.upperBound <= text.count) }
            }
        }
    }

    @Test(
        "English is stemmed as Porter's paper does it",
        arguments: [
            ("caresses", "caress"), ("ponies", "poni"), ("cats", "cat"), ("feed", "feed"), ("agreed", "agre"), ("plastered", "plaster"), ("motoring", "motor"),
            ("conflated", "conflat"), ("hopping", "hop"), ("falling", "fall"), ("filing", "file"), ("happy", "happi"), ("sky", "sky"),
            ("relational", "relat"), ("conditional", "condit"), ("digitizer", "digit"), ("vietnamization", "vietnam"), ("formaliti", "formal"),
            ("triplicate", "triplic"), ("electrical", "electr"), ("goodness", "good"), ("revival", "reviv"), ("adjustment", "adjust"), ("adoption", "adopt"),
            ("effective", "effect"), ("probate", "probat"), ("rate", "rate"), ("cease", "ceas"), ("controll", "control"), ("roll", "roll"),
        ])
    func stems(word: String, stem: String) {
        var bytes = Array(word.utf8) + [0, 0, 0, 0]
        let count = bytes.withUnsafeMutableBufferPointer { buffer in buffer.baseAddress.map { PorterStemmer.stem($0, count: word.utf8.count) } ?? 0 }
        #expect(String(decoding: bytes.prefix(count), as: UTF8.self) == stem)
    }
}
