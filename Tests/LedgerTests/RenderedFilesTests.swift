import IntentModel
import Testing

@testable import Ledger

@Suite("rendered files") struct RenderedFilesTests {
    private static func random(_ generator: inout some RandomNumberGenerator) -> String {
        let alphabet = Array("ab: \n\t\r\"\\/{}[],#-é漢🛰\u{0}\u{1f}\u{7f}\u{2028}".unicodeScalars)
        return String(String.UnicodeScalarView((0..<Int.random(in: 0...40, using: &generator)).compactMap { _ in alphabet.randomElement(using: &generator) }))
    }

    @Test("what is written by hand is JSON that a decoder reads alike, and is read by hand alike")
    func alike() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            var files: [String: [PackageFile]] = [:]
            for _ in 0..<Int.random(in: 0...3) {
                files[Self.random(&generator)] = (0..<Int.random(in: 0...3)).map { _ in
                    PackageFile(path: Self.random(&generator), content: Self.random(&generator))
                }
            }
            let bytes = RenderedFiles.encode(files)
            #expect(try LedgerJSON.decode([String: [PackageFile]].self, bytes) == files)
            #expect(try RenderedFiles.decode(bytes) == files)
            // Of earlier programs, which left it to an encoder.
            #expect(try RenderedFiles.decode(LedgerJSON.encode(files)) == files)
        }
    }

    @Test("what is no JSON of files is refused, wherever it breaks off or is wrong")
    func refused() throws {
        let bytes = RenderedFiles.encode(["a/b/c": [PackageFile(path: "Kptfile", content: "kind: Kptfile\n\"x\"\n")], "d": []])
        for count in 0..<bytes.count { #expect(throws: (any Error).self) { try RenderedFiles.decode(Array(bytes.prefix(count))) } }
        for wrong in [
            #"{"a":[{"content":"x\q","path":"p"}]}"#, #"{"a":[{"content":"x"}]}"#, #"{"a":[]}x"#, #"{"a":{}}"#, "{\"a\":[{\"content\":\"\n\",\"path\":\"p\"}]}",
        ] {
            #expect(throws: (any Error).self, "\(wrong)") { try RenderedFiles.decode(Array(wrong.utf8)) }
        }
        // Not well-formed UTF-8.
        #expect(throws: (any Error).self) { try RenderedFiles.decode(Array(#"{"a":[{"content":""#.utf8) + [0xc3, 0x28] + Array(#"","path":"p"}]}"#.utf8)) }
    }
}
