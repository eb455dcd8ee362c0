import JSONSchema
import Testing

@Suite struct JSONSchemaTests {
    @Test(
        "text that is not one JSON value is an error, never a crash",
        arguments: [
            "", "{", "[1,]", "{\"a\":1,\"a\":2}", "01", "1 2", "\"\u{1}\"", "\"\\ud800\"", "nul", "1e999", "{\"a\" 1}", String(repeating: "[", count: 100_000),
        ])
    func rejectsMalformed(_ text: String) {
        #expect(throws: JSONParseError.self) { try JSONValue(parsing: text) }
    }

    @Test("canonical text orders members and keeps whole numbers whole")
    func canonicalText() throws {
        let value = try JSONValue(parsing: #" { "b" : [1.0, -0.5, true, null], "a" : "x\n\"\u00e9\ud83d\ude00" } "#)
        #expect(value.text == #"{"a":"x\n\"é😀","b":[1,-0.5,true,null]}"#)
        #expect(try JSONValue(parsing: value.text) == value)
    }

    @Test(
        "patterns match as ECMA 262 has it",
        arguments: [
            ("^[A-Fa-f0-9]{6}$", "01aF09", true), ("^[A-Fa-f0-9]{6}$", "01aF0", false), ("^[0-9]{2,3}$", "4100", false), ("b+", "abbbc", true),
            ("^(ab|cd)*$", "abcdab", true), ("^(ab|cd)*$", "abc", false), ("^a{0,2}b?$", "aa", true), ("^a{0,2}b?$", "aaa", false),
            (#"^\d{3}-\w+$"#, "310-x_1", true),
            ("^[^x]$", "y", true), ("^$", "", true), (".", "", false), ("^(?:a|)$", "", true), (#"^\.$"#, "x", false),
        ] as [(String, String, Bool)])
    func patterns(_ pattern: String, _ text: String, _ matches: Bool) throws {
        #expect(try SchemaPattern(pattern).occurs(in: text) == matches)
    }

    @Test("a pattern that would make a backtracking engine hang is answered at once")
    func linear() throws {
        #expect(try SchemaPattern("^(a+)+$").occurs(in: String(repeating: "a", count: 5_000) + "b") == false)
    }

    @Test("a pattern that cannot be compiled small is refused", arguments: ["(a{1000}){1000}", "(?=x)", "(", "[a", #"\1"#, "*"])
    func refusedPatterns(_ pattern: String) {
        #expect(throws: SchemaPattern.Unsupported.self) { try SchemaPattern(pattern) }
    }

    @Test(
        "each keyword asserts what draft-07 says",
        arguments: [
            (#"{"type":"integer"}"#, "1", true), (#"{"type":"integer"}"#, "1.5", false), (#"{"type":["string","null"]}"#, "null", true),
            (#"{"required":["a"]}"#, #"{"b":1}"#, false), (#"{"properties":{"a":{"minimum":3}}}"#, #"{"a":2}"#, false),
            (#"{"properties":{"a":true},"additionalProperties":false}"#, #"{"a":1,"b":2}"#, false),
            (#"{"additionalProperties":{"type":"string"}}"#, #"{"x":"y"}"#, true),
            (#"{"minProperties":1}"#, "{}", false), (#"{"enum":["A",2]}"#, "2", true), (#"{"const":{"a":1}}"#, #"{"a":1}"#, true),
            (#"{"const":1}"#, "2", false),
            (#"{"exclusiveMinimum":1}"#, "1", false), (#"{"minimum":1,"exclusiveMinimum":true}"#, "1", false), (#"{"multipleOf":0.1}"#, "0.3", true),
            (#"{"items":{"type":"number"},"minItems":1,"uniqueItems":true}"#, "[1,1]", false),
            (#"{"items":[{"type":"string"},{"type":"number"}]}"#, #"["a",1,null]"#, true),
            (#"{"anyOf":[{"type":"string"},{"minimum":5}]}"#, "4", false), (#"{"oneOf":[{"minimum":1},{"minimum":2}]}"#, "3", false),
            (#"{"oneOf":[{"minimum":1},{"minimum":2}]}"#, "1", true),
            (#"{"allOf":[{"minimum":1},{"maximum":2}]}"#, "3", false), (#"{"not":{"type":"null"}}"#, "null", false), (#"{"maxLength":1}"#, #""é""#, true),
            ("false", "1", false),
            (
                ##"{"definitions":{"node":{"properties":{"next":{"$ref":"#/definitions/node"},"v":{"type":"number"}}}},"$ref":"#/definitions/node"}"##,
                #"{"next":{"next":{"v":"x"}}}"#, false
            ),
        ] as [(String, String, Bool)])
    func keywords(_ schema: String, _ value: String, _ valid: Bool) throws {
        let schema = try JSONSchema(JSONValue(parsing: schema))
        #expect(schema.accepts(try JSONValue(parsing: value)) == valid)
    }

    @Test("a schema that refers to itself for ever is found too involved instead of hanging")
    func endlessReference() throws {
        let schema = try JSONSchema(
            JSONValue(parsing: ##"{"definitions":{"a":{"anyOf":[{"$ref":"#/definitions/a"},{"$ref":"#/definitions/a"}]}},"$ref":"#/definitions/a"}"##))
        #expect(!schema.accepts(1))
    }

    @Test("a reference that leads nowhere is an invalid schema")
    func danglingReference() {
        #expect(throws: JSONSchema.Invalid.unknownReference("#/definitions/x")) { try JSONSchema(["$ref": "#/definitions/x"]) }
    }

    @Test("a finding points at the value and assertions that are not checked are listed")
    func findings() throws {
        let schema = try JSONSchema(["properties": ["a/b": ["items": ["type": "string"]]], "patternProperties": [:]])
        #expect(schema.violations(in: ["a/b": ["x", 2]]) == [.init(pointer: "/a~1b/1", detail: "is not of type string")])
        #expect(schema.unsupported == ["/patternProperties"])
    }
}
