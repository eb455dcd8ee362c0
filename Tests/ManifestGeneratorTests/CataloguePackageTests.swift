import Foundation
import IntentLanguage
import IntentModel
import Subprocess
import Testing

@testable import PackagePlanning

/// Every entry of the catalogue in every form, and whatever else the interpreter accepts: reviewed as golden files, valid by the schemas
/// and the policy of `Tests/check-packages`.
@Suite struct CataloguePackageTests {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()

    @Test("every entry in every form is as signed off", arguments: catalogue.functions.keys.sorted())
    func golden(_ code: String) async throws {
        let entry = try #require(catalogue.functions[code])
        let text = try await Sections.forms(of: entry)
        let url = Self.tests.appending(path: "Golden/catalogue/\(entry.name).yaml")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: url, atomically: true, encoding: .utf8)
        }
        let signedOff = try String(contentsOf: url, encoding: .utf8)
        #expect(signedOff == text, "\(entry.name)")
    }

    @Test("no golden file is left of an entry that is gone")
    func noStaleGolden() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.tests.appending(path: "Golden/catalogue").path)
        #expect(Set(names) == Set(catalogue.functions.values.map { "\($0.name).yaml" }))
    }

    @Test("whatever is accepted gives a valid package, and the same one again", .timeLimit(.minutes(5)))
    func accepted() async throws {
        let interpreter = EmbeddedInterpreter(vocabulary: try Vocabulary.shipped())
        var random = SplitMix(seed: 25)
        var text = ""
        var count = 0
        let forms: [ClusterEntry.Form] = [.kubernetes, .nephio]
        for round in 0..<160 {
            // Planning suspends nowhere: whoever waits for this thread may go first.
            await Task.yield()
            let sentence = Sentence.random(&random)
            let interpretation = interpreter.interpret(InterpretationRequest(intent: sentence))
            guard interpretation.decision == .accepted else { continue }
            let planner = Planner(catalogue: catalogue, form: forms[round % 2])
            let outcome = try await planner.plan(interpretation, request: request, inventory: PublishedPackages(), now: 0)
            #expect(try await planner.plan(interpretation, request: request, inventory: PublishedPackages(), now: 0) == outcome, "\(sentence)")
            for (path, files) in outcome.files.sorted(by: { $0.key < $1.key }) {
                text += Sections.text("\(round)/\(path)", files)
                count += 1
            }
        }
        #expect(count > 100)
        try await Self.validate(text)
    }

    @Test("what edits make of a package is as valid", .timeLimit(.minutes(5)))
    func edited() async throws {
        var text = ""
        for entry in catalogue.functions.values.sorted(by: { $0.code < $1.code }) where entry.workload != .none {
            var inventory = PublishedPackages()
            let kind = ObjectKind(rawValue: entry.kind) ?? .networkFunction
            func said(_ verb: Verb, _ targets: [Target]) -> IntentModel.Expectation {
                expectation(verb, entry.code, name: entry.name, kind: kind, targets) { $0.namespace = "core5g" }
            }
            await Task.yield()
            inventory.publish(try await plan(said(.deploy, [])))
            let more: [IntentModel.Expectation] =
                switch entry.replication {
                case .alike: [said(.scale, [number("replicas", 3)]), said(.scale, [number("maxReplicas", min(5, Double(entry.replicas.range.upperBound)))])]
                case .joined: [said(.scale, [number("replicas", 3)]), said(.scale, [number("replicas", 5)])]
                case .single: []
                }
            let configured = [flag("monitoring"), words("feature", "tracing")] + (entry.replication == .single ? [] : [flag("highAvailability")])
            for step in more + [said(.configure, configured), said(.restart, []), said(.configure, [flag("monitoring", false)])] {
                let outcome = try await plan(step, on: inventory)
                #expect(outcome.plan != nil, "\(entry.code): \(outcome)")
                inventory.publish(outcome)
            }
            let files = try #require(try await inventory.files(path: "default/core5g/\(entry.name)")?.files)
            text += Sections.text(entry.name, files)
        }
        try await Self.validate(text)
    }

    /// Runs the validator that `make check` runs on the golden files.
    private static func validate(_ text: String) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "packages-\(UUID().uuidString).yaml")
        try text.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let script = self.tests.deletingLastPathComponent().appending(path: "check-packages").path
        let result = try await run(.path("/bin/bash"), arguments: [script, file.path], output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        #expect(result.terminationStatus.isSuccess, "\(result.standardError)\(result.standardOutput)")
    }
}

/// Deterministic random numbers.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { self.state = seed }
    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var z = self.state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// Sentences as operators write them, put together by chance.
enum Sentence {
    private static let functions = [
        "AMF", "SMF", "UPF", "NRF", "UDM", "PCF", "AUSF", "NSSF", "CHF", "SCP", "SEPP", "O-DU", "O-CU-CP", "O-CU-UP", "gNB", "near-RT RIC", "non-RT RIC",
        "UDR", "NEF", "NWDAF", "BSF", "HSS", "MME", "monitoring stack", "5G core", "URLLC slice", "eMBB slice", "mMTC slice",
    ]
    private static let sizes = [
        "", " with 3 replicas", " with 2 replicas and 4 CPU", " with high availability", " with auto-scaling between 2 and 6 replicas", " with 2 GB of memory",
        " with monitoring enabled", " for 20000 users", " with 5 Gbps throughput", " with latency below 5 ms", " with mutual TLS and encryption",
        " with 99.99% availability", " with high availability and auto-scaling and 8 GB memory", " using image docker.io/free5gc/amf:v4.2.3",
        " with 50 GB of storage",
    ]
    private static let places = ["", " in core5g", " in namespace lab-1", " on cluster edge-1", " in namespace o-ran on cluster west", " in zone eu-west-1a"]
    private static let names = ["", "", "", " named east-1", " called lab"]

    static func random(_ generator: inout SplitMix) -> String {
        func pick(_ list: [String]) -> String { list.randomElement(using: &generator) ?? "" }
        return "Deploy \(pick(["a ", "an ", "the ", ""]))\(pick(self.functions))\(pick(self.names))\(pick(self.sizes))\(pick(self.places))"
    }
}
