import Testing

@testable import IntentModel

@Suite struct DNSLabelTests {
    @Test("what is a label", arguments: ["a", "0", "core5g", "edge-west-1", "a--b", "9z", String(repeating: "z", count: 63)])
    func label(_ text: String) {
        #expect(text.isDNSLabel)
        #expect("<\(text)>".dropFirst().dropLast().isDNSLabel, "a part of a text")
    }

    @Test(
        "what is none",
        arguments: [
            "", "-", "-a", "a-", "A", "aB", "a.b", "a_b", "a/b", "..", ".", "a b", " a", "a\n", "a\0", "ä", "ａ", "а", "e\u{301}", "a`", "a{", "a:", "/",
            String(repeating: "z", count: 64), String(repeating: "z", count: 1_000),
        ])
    func none(_ text: String) { #expect(!text.isDNSLabel) }
}
