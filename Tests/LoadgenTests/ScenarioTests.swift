import Foundation
import Testing

@testable import Loadgen

struct ScenarioTests {
    private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "loadtest/scenarios").path

    private func scenario(_ name: String) throws -> Scenario {
        try Scenario(yaml: String(contentsOfFile: "\(Self.directory)/\(name)", encoding: .utf8), name: name)
    }

    private func plan(_ scenario: Scenario, _ tokens: [String: String] = ["": "t", "quiet": "q", "noisy": "n"]) throws -> ScenarioPlan {
        let target = try Target("http://127.0.0.1:9/base")
        return ScenarioPlan(
            scenario: scenario, target: target, address: SocketAddress(family: 2, bytes: []), files: LineFiles(directory: Self.directory), tokens: tokens)
    }

    @Test func everyScenarioIsWellFormedAndCanBePlanned() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.directory).filter { $0.hasSuffix(".yaml") }.sorted()
        #expect(
            names == ["baseline.yaml", "breakpoint.yaml", "mixed.yaml", "noisy-neighbour.yaml", "smoke.yaml", "soak.yaml", "spike.yaml"])
        for name in names {
            let scenario = try self.scenario(name)
            let flows = try self.plan(scenario).flows(rate: 100)
            #expect(flows.count == scenario.flows.count)
            #expect(!(scenario.expect ?? []).isEmpty, "\(name) expects nothing")
            #expect(scenario.about != nil)
        }
    }

    @Test func aFlowBecomesARequest() throws {
        let scenario = try Scenario(
            yaml: """
                name: one
                flows:
                  - name: a
                    request: {path: "/v1/x?y=1", headers: {X-A: b}, body: "{}"}
                    connections: 3
                    timeout: 500ms
                    accept: [202]
                    open: [{rate: 10, to: 20, for: 2s}, {rate: 20, for: 1s}]
                """, name: "one")
        let flow = try #require(try self.plan(scenario).flows().first)
        #expect(
            String(decoding: try #require(flow.request.fixed), as: UTF8.self)
                == "POST /base/v1/x?y=1 HTTP/1.1\r\nHost: 127.0.0.1:9\r\nUser-Agent: loadgen\r\nX-A: b\r\nAuthorization: Bearer t\r\nContent-Length: 2\r\n\r\n{}"
        )
        #expect(flow.timeout == 0.5 && flow.connections == 3 && flow.accepted == [202])
        #expect(flow.pace == .open(ArrivalSchedule([.init(duration: 2, from: 10, to: 20), .init(duration: 1, from: 20, to: 20)])))
        var scaled = try self.plan(scenario)
        (scaled.timeScale, scaled.rateScale) = (0.5, 2)
        #expect(try scaled.flows().first?.pace == .open(ArrivalSchedule([.init(duration: 1, from: 20, to: 40), .init(duration: 0.5, from: 40, to: 40)])))
    }

    @Test func stepsGrow() throws {
        #expect(try self.scenario("breakpoint.yaml").steps?.rates.prefix(3) == [100, 150, 225])
        let scenario = try Scenario(
            yaml: """
                name: s
                flows: [{name: a, request: {path: /}, share: 0.25}]
                steps: {from: 10, by: 5, most: 3, for: 2s, until: ["errors>1%"]}
                """, name: "s")
        #expect(scenario.steps?.rates == [10, 15, 20])
        #expect(try self.plan(scenario).flows(rate: 20).first?.pace == .open(.constant(rate: 5, for: 2)))
    }

    @Test(arguments: [
        ("name: x", "flows"), ("name: x\nflows: []", "flows"), ("name: x\nflows: [{name: a, request: {path: /}}]", "neither closed nor open"),
        ("name: x\nflows: [{name: a, request: {path: relative}, closed: {for: 1s}}]", "path"),
        ("name: x\nflows: [{name: a, request: {path: /}, closed: {}}]", "no end"),
        ("name: x\nflows: [{name: a, request: {path: /}, closed: {for: soon}}]", "for"),
        ("name: x\nflows: [{name: a, request: {path: /}, closed: {for: 1s}, open: [{rate: 1, for: 1s}]}]", "both closed and open"),
        ("name: x\nflows: [{name: a, request: {path: /}, closed: {for: 1s}}, {name: a, request: {path: /}, closed: {for: 1s}}]", "one name"),
        ("name: x\nflows: [{name: a, request: {path: /}, closed: {for: 1s}}]\nexpect: [\"b.p95<1s\"]", "flow that is not there"),
        ("name: x\nflows: [{name: a, request: {path: /, colour: red}, closed: {for: 1s}}]", "colour"), (": [", "YAML"),
    ]) func whatIsWrongIsSaid(yaml: String, word: String) {
        let error = #expect(throws: LoadError.self) { try Scenario(yaml: yaml, name: "f.yaml") }
        #expect(error?.description.contains(word) == true && error?.description.contains("f.yaml") == true, "\(error?.description ?? "")")
    }

    @Test func aMissingTokenIsSaid() throws {
        let error = #expect(throws: LoadError.self) { try self.plan(try self.scenario("noisy-neighbour.yaml"), ["": "t"]).flows() }
        #expect(error?.description.contains("--token quiet=FILE") == true)
    }
}
