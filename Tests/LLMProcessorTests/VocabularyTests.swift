import Foundation
import IntentModel
import Testing

@testable import IntentLanguage

@Suite struct VocabularyTests {
    private func copy(changing file: String, _ change: (String) -> String) throws -> String {
        let directory = FileManager.default.temporaryDirectory.appending(path: "vocabulary-\(UUID().uuidString)")
        try FileManager.default.copyItem(atPath: ShippedVocabulary.directory, toPath: directory.path)
        let path = directory.appending(path: file)
        try change(String(contentsOf: path, encoding: .utf8)).write(to: path, atomically: true, encoding: .utf8)
        return directory.path
    }

    @Test("the shipped vocabulary is valid and knows every attribute of an interpretation that has a noun")
    func shipped() throws {
        let vocabulary = try Vocabulary.load(directory: ShippedVocabulary.directory)
        #expect(vocabulary.version.count == 16)
        let features: Set = ["autoscaling", "highAvailability", "energySaving", "encryption", "mutualTLS", "monitoring", "loadBalancing", "feature"]
        #expect(Set(vocabulary.summary.attributes).union(features) == Set(Attribute.table.keys))
        for code in [
            "AMF", "SMF", "UPF", "PCF", "UDM", "UDR", "AUSF", "NRF", "NSSF", "NEF", "NWDAF", "CHF", "SCP", "SEPP", "BSF", "UDSF", "N3IWF", "AF", "IMS-CSCF",
            "O-CU", "O-CU-CP", "O-CU-UP", "O-DU", "O-RU", "gNB", "eNB", "NearRT-RIC", "NonRT-RIC", "SMO", "MME", "SGW", "PGW", "HSS", "Custom", "eMBB", "URLLC",
            "mMTC", "V2X", "5GC", "EPC", "IMS", "Cell", "TrafficSteering", "QoS", "EnergySaving", "Handover", "LoadBalancing", "Interference", "Coverage",
            "E2NodeSet", "xApp", "rApp", "Security", "Access", "RateLimit", "Routing", "Slicing", "Cluster", "Node", "Storage", "Database", "Monitoring",
            "Cache", "Mesh",
        ] {
            #expect(vocabulary.summary.objects.contains { $0.type == code }, "\(code)")
        }
    }

    @Test("the version changes with the words")
    func version() throws {
        let other = try self.copy(changing: "objects.yaml") { $0.replacingOccurrences(of: "aliases: [smf,", with: "aliases: [smf, sessionator,") }
        let vocabulary = try Vocabulary.load(directory: other)
        #expect(vocabulary.version != ShippedVocabulary.interpreter?.vocabulary.version)
        let read = EmbeddedInterpreter(vocabulary: vocabulary).interpret(InterpretationRequest(intent: "Deploy a sessionator"))
        #expect(read.expectations.first?.object.type == "SMF")
    }

    @Test(
        "a mistake is named with file, line and reason",
        arguments: [
            ("verbs.yaml", "action: scale\n", "action: scrale\n", "'scrale' is none of"),
            ("objects.yaml", "kind: NetworkSlice, type: eMBB", "kind: NetSlice, type: eMBB", "'NetSlice' is none of"),
            ("objects.yaml", "[smf, session", "[smf, amf, session", "'amf' is also an alias of AMF"),
            ("attributes.yaml", "attribute: jitter", "attribute: jitters", "'jitters' is no attribute"),
            ("attributes.yaml", "range: [1, 15]", "range: [15, 1]", "range must be [low, high]"),
            ("units.yaml", "0.001: [millicore", "zero: [millicore", "factor must be a positive number"),
            ("places.yaml", "  production: [", "  live: [", "'live' is no environment"),
            ("grammar.yaml", "  zero: 0", "  zero: none", "a number was expected"),
            ("screening.yaml", "schema: nephoran.com/vocabulary/screening/v1", "schema: other", "schema must be"),
        ])
    func mistakes(_ row: (String, String, String, String)) throws {
        let directory = try self.copy(changing: row.0) { text in
            guard let range = text.range(of: row.1) else { return text }
            return text.replacingCharacters(in: range, with: row.2)
        }
        do {
            _ = try Vocabulary.load(directory: directory)
            Issue.record("\(row.0) was accepted")
        } catch let error as VocabularyError {
            #expect(error.file == row.0)
            #expect(error.line != nil)
            #expect(error.reason.contains(row.3), "\(error)")
        }
    }

    @Test("a missing file is named")
    func missing() {
        #expect(throws: VocabularyError.self) { try Vocabulary.load(directory: "/nonexistent") }
    }
}
