import Foundation
import IntentModel
import Testing

@testable import PackagePlanning

@Suite struct RangeTests {
    // MARK: The data

    @Test("ranges that ship are of attributes with numbers, and hold every default of the catalogue")
    func shipped() throws {
        #expect(catalogue.ranges.count > 15)
        for (code, entry) in catalogue.functions {
            for attribute in ["cpu", "memory", "storage", "targetCPUUtilization"] { #expect(entry.ranges[attribute] != nil, "\(code) \(attribute)") }
            let resources = entry.resources
            for cores in [resources.cpuRequest, resources.cpuLimit] { #expect(entry.ranges["cpu"]?.contains(Double(cores) / 1000) == true, "\(code)") }
            for memory in [resources.memoryRequest, resources.memoryLimit] { #expect(entry.ranges["memory"]?.contains(Double(memory)) == true, "\(code)") }
            if let storage = resources.storage { #expect(entry.ranges["storage"]?.contains(Double(storage)) == true, "\(code)") }
        }
        for slice in catalogue.slices.values {
            for (attribute, value) in slice.profile { #expect(catalogue.ranges[attribute]?.contains(value) != false, "\(slice.type) \(attribute)") }
        }
        for type in try RANMapping.bundled().sliceTypes.values { #expect(catalogue.ranges["fiveQI"]?.contains(Double(type.fiveQI)) == true) }
    }

    @Test(
        "what is nearest to a value that is not allowed",
        arguments: [
            (500, [20]), (-3, [0]), (0.5, [0, 1]), (7.25, [7, 8]), (20.5, [20]),
        ] as [(Double, [Double])])
    func nearest(_ value: Double, _ nearest: [Double]) {
        let allowed = AllowedValues(0...20)
        #expect(!allowed.contains(value) && allowed.nearest(to: value) == nearest)
    }

    @Test(
        "5QI values are those of the standard and the operator's own",
        arguments: [
            (1, true), (10, true), (11, false), (68, false), (82, true), (91, false), (127, false), (128, true), (254, true), (255, false), (9.5, false),
        ])
    func fiveQI(_ value: Double, _ isAllowed: Bool) { #expect(catalogue.ranges["fiveQI"]?.contains(value) == isAllowed) }

    @Test(
        "a fault of a range names its place and what is allowed",
        arguments: [
            ("ranges: { colour: { allowed: [1] } }", "bad.yaml: ranges.colour: 'colour' is no attribute with a number"),
            ("ranges: { replicas: { allowed: [1] } }", "bad.yaml: ranges.replicas: how many replicas a function may have is under its 'replicas'"),
            ("ranges: { cpu: { allowed: [[2, 1]] } }", "bad.yaml: ranges.cpu.allowed[0]: runs backwards"),
            ("ranges: { cpu: { allowed: [4, 2] } }", "bad.yaml: ranges.cpu.allowed[1]: does not come after the one before it"),
            ("ranges: { cpu: { allowed: [] } }", "bad.yaml: ranges.cpu: allowed: at least one value"),
            ("ranges: { cpu: { least: 1 } }", "bad.yaml: ranges.cpu.least: unknown key; allowed: allowed, whole"),
        ])
    func faults(_ yaml: String, _ message: String) throws {
        let error = #expect(throws: CatalogueError.self) { _ = try Self.catalogueWith(amf: yaml) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }

    /// The catalogue with an AMF of one's own, which has these lines more.
    private static func catalogueWith(amf lines: String) throws -> Catalogue {
        let directory = FileManager.default.temporaryDirectory.appending(path: "catalogue-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let text = try String(contentsOfFile: "\(Catalogue.bundledDirectory)/functions/amf.yaml", encoding: .utf8)
        try "\(text)\n\(lines)\n".write(toFile: "\(directory)/bad.yaml", atomically: true, encoding: .utf8)
        return try Catalogue.bundled(extensions: directory)
    }

    @Test("an entry's own range replaces the default")
    func own() async throws {
        let planner = Planner(catalogue: try Self.catalogueWith(amf: "ranges: { cpu: { allowed: [1, 2, 4] } }"))
        let said = expectation(.deploy, "AMF", [number("cpu", 3)])
        let interpretation = Interpretation(decision: .accepted, expectations: [said], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let question = try await planner.plan(interpretation, request: request, inventory: PublishedPackages(), now: 0).questions.first
        #expect(question?.question == "Each replica of AMF gets 1, 2 or 4 cores; 3 was asked for. How much?" && question?.options == ["2", "4"])
    }

    // MARK: Questions

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var said: IntentModel.Expectation
        var field: String
        /// A part of the question.
        var question: String
        var options: [String]
        var testDescription: String { self.name }
    }

    private static let rows = [
        Row(
            name: "replicas", said: expectation(.scale, "AMF", [number("replicas", 500)]), field: "targets.replicas",
            question: "AMF runs 0 to 20 replicas; 500", options: ["20"]),
        Row(
            name: "negative replicas", said: expectation(.scale, "AMF", [number("replicas", 7, .decreaseBy)]), field: "targets.replicas",
            question: "-4 is not possible", options: ["0"]),
        Row(
            name: "half a replica", said: expectation(.scale, "AMF", [number("replicas", 2.5)]), field: "targets.replicas", question: "whole number",
            options: ["2", "3"]),
        Row(
            name: "most replicas", said: expectation(.scale, "AMF", [number("maxReplicas", 50)]), field: "targets.maxReplicas",
            question: "at most 20 replicas; 50", options: ["20"]),
        Row(
            name: "least replicas", said: expectation(.scale, "AMF", [number("minReplicas", 40), number("maxReplicas", 50)]), field: "targets.minReplicas",
            question: "0 to 20 replicas; 40", options: ["20"]),
        Row(name: "cpu", said: expectation(.scale, "AMF", [number("cpu", 1000)]), field: "targets.cpu", question: "0.01 to 128 cores; 1000", options: ["128"]),
        Row(
            name: "cpu times a thousand", said: expectation(.scale, "AMF", [number("cpu", 1000, .multiplyBy)]), field: "targets.cpu",
            question: "500 was asked for", options: ["128"]),
        Row(
            name: "memory", said: expectation(.scale, "AMF", [number("memory", 1)]), field: "targets.memory", question: "16 to 1048576 MiB; 1 was",
            options: ["16"]),
        Row(
            name: "storage", said: expectation(.deploy, "Database", kind: .infrastructure, [number("storage", 99_999)]), field: "targets.storage",
            question: "1 to 16384 GiB", options: ["16384"]),
        Row(
            name: "half a GiB", said: expectation(.deploy, "Database", kind: .infrastructure, [number("storage", 1.5)]), field: "targets.storage",
            question: "whole ones; 1.5", options: ["1", "2"]),
        Row(
            name: "utilisation", said: expectation(.scale, "AMF", [flag("autoscaling"), number("targetCPUUtilization", 150)]),
            field: "targets.targetCPUUtilization", question: "1 to 100 %; 150", options: ["100"]),
        Row(
            name: "availability", said: expectation(.deploy, "AMF", name: "amf-2", [number("availability", 120)]), field: "targets.availability",
            question: "0 to 100 %; 120", options: ["100"]),
        Row(
            name: "latency", said: expectation(.deploy, "URLLC", kind: .networkSlice, [number("latency", 0, .atMost)]), field: "targets.latency",
            question: "0.1 to 100000 ms; 0", options: ["0.1"]),
        Row(
            name: "throughput", said: expectation(.deploy, "eMBB", kind: .networkSlice, [number("throughput", 9_000_000)]), field: "targets.throughput",
            question: "0.001 to 1000000 Mbps", options: ["1000000"]),
        Row(
            name: "5QI", said: expectation(.configure, "QoS", kind: .policy, [number("fiveQI", 68)]), field: "targets.fiveQI",
            question: "fiveQI may be 1 to 10, 65 to 67, 69 to 74, 76", options: ["67", "69"]),
        Row(
            name: "priority level", said: expectation(.configure, "QoS", kind: .policy, [number("priorityLevel", 128)]), field: "targets.priorityLevel",
            question: "1 to 127; 128", options: ["127"]),
        Row(
            name: "channel bandwidth", said: expectation(.configure, "Security", kind: .policy, [number("channelBandwidth", 33)]),
            field: "targets.channelBandwidth", question: "MHz; 33", options: ["30", "35"]),
        Row(
            name: "between",
            said: expectation(.configure, "QoS", kind: .policy, [Target(attribute: "throughput", condition: .between, value: .range(10, 2_000_000))]),
            field: "targets.throughput", question: "2000000 was asked for", options: ["1000000"]),
        Row(
            name: "SST", said: expectation(.deploy, "eMBB", kind: .networkSlice) { $0.slice = SliceID(sst: 300) }, field: "context.slice",
            question: "An SST is 0 to 255; 300", options: ["255"]),
        Row(
            name: "SD", said: expectation(.deploy, "eMBB", kind: .networkSlice) { $0.slice = SliceID(sst: 1, sd: "xyz") }, field: "context.slice",
            question: "six hexadecimal digits; “xyz”", options: []),
        Row(
            name: "short PLMN", said: expectation(.deploy, "AMF", name: "amf-2") { $0.plmn = "99-1" }, field: "context.plmn",
            question: "A PLMN is an MCC of 3 digits and an MNC of 2 or 3, as in 310-410; “99-1” was asked for", options: []),
        Row(
            name: "long PLMN", said: expectation(.configure, "AMF") { $0.plmn = "1234-01" }, field: "context.plmn", question: "“1234-01” was asked for",
            options: []),
        Row(
            name: "long MNC", said: expectation(.configure, "AMF") { $0.plmn = "001-0001" }, field: "context.plmn", question: "“001-0001”", options: []),
        Row(name: "PLMN of one part", said: expectation(.configure, "AMF") { $0.plmn = "00101" }, field: "context.plmn", question: "“00101”", options: []),
        Row(
            name: "PLMN of other digits", said: expectation(.configure, "AMF") { $0.plmn = "٠٠١-01" }, field: "context.plmn", question: "as in 310-410",
            options: []),
        Row(
            name: "TAC", said: expectation(.configure, "AMF") { $0.tac = "99999999" }, field: "context.tac",
            question: "A tracking area code is 0 to 16777215; “99999999” was asked for", options: ["16777215"]),
        Row(
            name: "hexadecimal TAC", said: expectation(.configure, "AMF") { $0.tac = "0x1000000" }, field: "context.tac", question: "“0x1000000”",
            options: ["16777215"]),
        Row(name: "no TAC", said: expectation(.configure, "AMF") { $0.tac = "1; exit" }, field: "context.tac", question: "“1; exit”", options: []),
        Row(
            name: "TAC of EPS", said: expectation(.deploy, "MME") { $0.tac = "65536" }, field: "context.tac", question: "0 to 65535; “65536”",
            options: ["65535"]),
    ]

    @Test(
        "a PLMN is three digits and two or three, whoever says it",
        arguments: [
            ("001-01", true), ("310-410", true), ("999-99", true), ("99-1", false), ("1-1", false), ("1234-01", false), ("001-1", false), ("001-0001", false),
            ("001", false), ("", false), ("-", false), ("001-01-1", false), ("abc-de", false), ("001-0 1", false),
        ])
    func plmn(_ text: String, _ isOne: Bool) {
        #expect((catalogue.fault(ofPLMN: text) == nil) == isOne)
        if !isOne { #expect(catalogue.fault(ofPLMN: text) == "MCC-MNC, as in 310-410: an MCC of 3 digits and an MNC of 2 or 3") }
    }

    @Test("whatever digits are said as a TAC are planned or asked about, and only those of 24 bits are planned")
    func anyTAC() async throws {
        var random = SplitMix(seed: 24)
        for _ in 0..<200 {
            let bits = Int.random(in: 1...40, using: &random)
            let value = Int.random(in: 0..<(1 << bits), using: &random)
            let text = Bool.random(using: &random) ? String(value) : "0x" + String(value, radix: 16)
            let outcome = try await plan(expectation(.deploy, "AMF") { $0.tac = text })
            #expect((outcome.plan != nil) == (value < 1 << 24), "\(text)")
            #expect(outcome.questions.map(\.field) == (value < 1 << 24 ? [] : ["context.tac"]), "\(text)")
        }
        for text in ["0", "16777215", "0xffffff", "00000a"] { #expect(try await plan(expectation(.deploy, "AMF") { $0.tac = text }).plan != nil, "\(text)") }
    }

    @Test("a value out of its range is asked about, with the range and the nearest that are allowed", arguments: rows)
    func asks(_ row: Row) async throws {
        let outcome = try await plan(row.said, on: publishedAMF())
        let question = try #require(outcome.questions.first, "\(String(describing: outcome.plan))")
        #expect(outcome.questions.count == 1)
        #expect(question.field == row.field && question.question.contains(row.question), "\(question)")
        #expect(question.options == row.options)
    }

    @Test("every option is an answer that goes through", arguments: rows.filter { !$0.options.isEmpty })
    func answers(_ row: Row) async throws {
        let interpretation = Interpretation(decision: .accepted, expectations: [row.said], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        for option in row.options {
            let answered = Planner.applying([ClarificationAnswer(expectation: "e1", field: row.field, value: .text(option))], to: interpretation)
            let outcome = try await Planner(catalogue: catalogue).plan(answered, request: request, inventory: publishedAMF(), now: 0)
            // The other bound may be out of its range, too: that is another question.
            #expect(!outcome.questions.contains { $0.field == row.field }, "\(option): \(outcome.questions)")
            #expect(outcome.problem == nil, "\(option): \(outcome.problem?.detail ?? "")")
        }
    }

    @Test("several values out of range are asked about together")
    func together() async throws {
        let outcome = try await plan(expectation(.configure, "QoS", kind: .policy, [number("fiveQI", 0), number("priorityLevel", 0), number("arp", 16)]))
        #expect(outcome.questions.map(\.field) == ["targets.fiveQI", "targets.priorityLevel", "targets.arp"])
        #expect(outcome.questions.map(\.options) == [["1"], ["1"], ["15"]])
    }

    @Test(
        "an answer names a slice by SST and SD",
        arguments: [("1", 1, nil), ("1-0000A1", 1, "0000a1"), ("sst 2 sd 010203", 2, "010203"), ("256", nil, nil), ("1-xyz", nil, nil), ("", nil, nil)]
            as [(String, Int?, String?)])
    func sliceAnswer(_ text: String, _ sst: Int?, _ sd: String?) {
        let slice = SliceID(answer: text)
        #expect(slice?.sst == sst && slice?.sd == sd)
    }

    @Test("what a person runs already is not questioned by a change of something else")
    func already() async throws {
        var inventory = try await publishedAMF()
        inventory.edit(amf, "deployment.yaml") { $0 = $0.replacing("replicas: 3", with: "replicas: 40") }
        #expect(try await plan(expectation(.scale, "AMF", [number("cpu", 2)]), on: inventory).plan?.packages.map(\.change) == [.update])
    }
}
