import JSONSchema
import TestSupport
import Testing

@Suite struct MutationTests {
    @Test("whatever the bytes, the parser comes back, and what it took it takes again from its own text")
    func json() throws {
        let seeds = ["{\"intent\":\"Deploy AMF\",\"priority\":1.5,\"labels\":{\"a\":[true,null,\"\\n\"]}}", "[]", "\"\\u00e4\""].map { Array($0.utf8) }
        try Mutations("json", seeds: seeds).run(rounds: 30_000) { bytes throws in
            guard let value = try? JSONValue(parsing: bytes) else { return }
            let again = try JSONValue(parsing: value.text)
            try #require(again == value)
        }
    }
}
