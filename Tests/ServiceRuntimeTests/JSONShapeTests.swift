import Testing

@testable import ServiceRuntime

@Suite struct JSONShapeTests {
    private func fault(_ text: String) -> JSONShape.Fault? {
        Array(text.utf8).withUnsafeBytes { bytes in
            do throws(JSONShape.Fault) { try JSONShape.check(bytes) } catch { return error }
            return nil
        }
    }

    @Test(
        "a key twice in one object is found, however it is spelt",
        arguments: [
            ("{\"a\":1,\"a\":2}", "a"), ("{\"a\":1,\"b\":{\"c\":1,\"c\":1}}", "c"), ("[{\"a\":1},{\"a\":1,\"\\u0061\":2}]", "a"),
            ("{\"\\u00e4\":1,\"ä\":2}", "ä"), ("{\"\\ud83d\\ude00\":1,\"😀\":2}", "😀"), ("{\"a\\\"\":1,\"b\":[1,2,{}],\"a\\\"\":1}", "a\""),
            ("{\"\":1,\"\":2}", ""),
        ])
    func duplicates(_ text: String, _ key: String) { #expect(self.fault(text) == .duplicateKey(key)) }

    @Test(
        "the same key in different objects, and the same text as a value, are fine",
        arguments: [
            "{\"a\":{\"a\":{\"a\":\"a\"}}}", "[{\"a\":1},{\"a\":1}]", "{\"a\":\"b\",\"b\":\"b\"}", "{\"a\":[\"x\",\"x\"],\"x\":[\"a\"]}", "\"a\"", "",
            "{\"a\":\"{\\\"b\\\":1,\\\"b\\\":2}\"}",
        ])
    func distinct(_ text: String) { #expect(self.fault(text) == nil) }

    @Test("nesting has its bound")
    func nesting() {
        let most = JSONShape.maxDepth
        #expect(self.fault(String(repeating: "[", count: most) + String(repeating: "]", count: most)) == nil)
        #expect(self.fault(String(repeating: "[", count: most + 1)) == .tooDeep)
        #expect(self.fault(String(repeating: "{\"a\":", count: 1_000_000)) == .tooDeep)
    }

    @Test("bytes that are no JSON at all end, and stay within their bounds")
    func noise() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("{}[]\",:\\u0061 a\0".utf8)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            bytes.withUnsafeBytes { try? JSONShape.check($0) }
        }
    }
}
