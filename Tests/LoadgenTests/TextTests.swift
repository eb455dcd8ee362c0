import Testing

@testable import Loadgen

struct TextTests {
    private func render(_ source: String, sequence: Int = 7, seed: UInt64 = 1, lines: [String] = []) throws -> String {
        let template = try Template(source) { _ in lines.map { Array($0.utf8) } }
        var out: [UInt8] = []
        var random = SplitMix(seed: seed)
        template.append(to: &out, sequence: sequence, run: Array("r1".utf8), random: &random)
        return String(decoding: out, as: UTF8.self)
    }

    @Test func placesAreFilled() throws {
        #expect(try self.render(#"{"n":{{seq}},"run":"{{run}}"}"#) == #"{"n":7,"run":"r1"}"#)
        #expect(try self.render("{{seq}}", sequence: 1_234_567) == "1234567")
        #expect(try self.render("plain {text} }}") == "plain {text} }}")
    }

    @Test func numbersStayInTheirRange() throws {
        var seen: Set<Int> = []
        for seed in 0..<200 { seen.insert(try #require(Int(try self.render("{{int:3-5}}", seed: UInt64(seed))))) }
        #expect(seen == [3, 4, 5])
    }

    @Test func linesArePicked() throws {
        var seen: Set<String> = []
        for seed in 0..<100 { seen.insert(try self.render("{{pick:f}}", seed: UInt64(seed), lines: ["a \"b\"", "c"])) }
        #expect(seen == ["a \"b\"", "c"])
    }

    @Test func uuidsAreVersion4AndDiffer() throws {
        let pattern = #/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#
        var seen: Set<String> = []
        for seed in 0..<100 {
            let text = try self.render("{{uuid}}", seed: UInt64(seed))
            #expect(text.wholeMatch(of: pattern) != nil, "\(text)")
            seen.insert(text)
        }
        #expect(seen.count == 100)
    }

    @Test(arguments: ["{{seq", "{{nothing}}", "{{int:5-3}}", "{{int:x}}", "{{pick:empty}}"]) func badTemplatesAreRefused(source: String) {
        #expect(throws: LoadError.self) { try Template(source) { _ in [] } }
    }

    @Test func aRequestThatNeverDiffersIsMadeOnce() throws {
        let request = RequestTemplate(
            method: "POST", path: Template(literal: "/v1/x"), host: "h:1", headers: [("Content-Type", "application/json")],
            body: .template(Template(literal: "{}")), keepsAlive: true)
        #expect(
            String(decoding: try #require(request.fixed), as: UTF8.self)
                == "POST /v1/x HTTP/1.1\r\nHost: h:1\r\nUser-Agent: loadgen\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        let closing = RequestTemplate(
            method: "GET", path: Template(literal: "/"), host: "h", headers: [], body: .template(Template(literal: "")), keepsAlive: false)
        #expect(String(decoding: try #require(closing.fixed), as: UTF8.self) == "GET / HTTP/1.1\r\nHost: h\r\nUser-Agent: loadgen\r\nConnection: close\r\n\r\n")
    }

    @Test func lengthsFollowTheBody() throws {
        let request = RequestTemplate(
            method: "POST", path: try Template("/{{seq}}") { _ in [] }, host: "h", headers: [], body: .lines([Array("one".utf8), Array("three".utf8)]),
            keepsAlive: true)
        #expect(request.fixed == nil)
        var (out, scratch, random) = ([UInt8](), [UInt8](), SplitMix(seed: 1))
        for (sequence, ending) in [(0, "Content-Length: 3\r\n\r\none"), (1, "Content-Length: 5\r\n\r\nthree"), (2, "Content-Length: 3\r\n\r\none")] {
            request.write(sequence, run: [], random: &random, into: &out, scratch: &scratch)
            let text = String(decoding: out, as: UTF8.self)
            #expect(text.hasPrefix("POST /\(sequence) HTTP/1.1\r\n") && text.hasSuffix(ending))
        }
    }
}
