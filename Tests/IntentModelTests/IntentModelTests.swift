import Foundation
import Testing

@testable import IntentModel

@Suite struct IntentIDTests {
    @Test("an id carries its partition and its time, and survives its text form", arguments: [0, 1, 15, 255, 4095])
    func roundTrip(partition: Int) {
        let id = IntentID(partition: partition, milliseconds: 1_767_225_600_123)
        #expect(id.partition == partition)
        #expect(id.milliseconds == 1_767_225_600_123)
        #expect(IntentID(id.description) == id)
        #expect(UUID(uuidString: id.description)?.uuidString.lowercased() == id.description)
    }

    @Test("ids sort by time")
    func order() {
        #expect(IntentID(partition: 9, milliseconds: 1) < IntentID(partition: 0, milliseconds: 2))
    }

    @Test(
        "what is not a lower-case UUIDv7 is no id",
        arguments: [
            "", "x", "018f4e2a-7c11-4003-9c1e-0242ac120002", "018F4E2A-7C11-7003-9C1E-0242AC120002", "018f4e2a-7c11-7003-9c1e-0242ac1200022",
            "../../etc/passwd", "018f4e2a7c1170039c1e0242ac120002",
        ]
    )
    func rejects(text: String) { #expect(IntentID(text) == nil) }
}

@Suite struct PhaseTests {
    @Test("the table of legal moves")
    func table() {
        // Printed, so that a change of the table is seen in the log of the change.
        for phase in Phase.allCases { print("\(phase.rawValue) → \(phase.successors.map(\.rawValue).sorted().joined(separator: " "))") }
        for phase in Phase.allCases where phase.isTerminal && phase != .failed && phase != .fulfilled && phase != .published {
            #expect(phase.successors.isEmpty)
        }
        for phase in Phase.allCases where !phase.isTerminal {
            #expect(phase.mayBecome(.failed) && phase.mayBecome(.cancelled))
            #expect(!phase.mayBecome(.received))
        }
        #expect(!Phase.received.mayBecome(.executing))
        #expect(!Phase.awaitingApproval.mayBecome(.published))
    }

    @Test("every phase can be reached, and every phase can end")
    func reachability() {
        var reached: Set<Phase> = [.received]
        while true {
            let next = reached.union(reached.flatMap(\.successors))
            if next == reached { break }
            reached = next
        }
        #expect(reached == Set(Phase.allCases))
    }
}

@Suite struct InterpretationCodingTests {
    @Test("the interpretation of the design document is read and written without loss")
    func roundTrip() throws {
        let json = #"""
            {"schema":"nephoran.com/interpretation/v1","decision":"accepted","language":"en","priority":"medium",
             "expectations":[{"id":"e1","verb":"scale","object":{"kind":"NetworkFunction","type":"AMF","name":null},
              "targets":[{"attribute":"replicas","condition":"equals","value":5,"unit":null,"evidence":"5 replicas"},
                         {"attribute":"cpu","condition":"between","value":[1,2.5],"unit":"cores"},{"attribute":"autoscaling","condition":"equals","value":true}],
              "context":{"namespace":"core5g","slice":{"sst":1,"sd":"010203"}},"confidence":0.99}],
             "clarifications":[],"refusal":null,
             "provenance":{"interpreter":"embedded","model":null,"promptVersion":"1","passages":[],"tokens":null,"costUSD":0}}
            """#
        let value = try JSONDecoder().decode(Interpretation.self, from: Data(json.utf8))
        #expect(value.expectations[0].targets.map(\.value) == [.number(5), .range(1, 2.5), .boolean(true)])
        let again = try JSONDecoder().decode(Interpretation.self, from: JSONEncoder().encode(value))
        #expect(again == value)
        let text = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        #expect(text.contains(#""value":5,"#) || text.contains(#""value":5}"#))
        #expect(text.contains(#""name":null"#))
    }

    @Test("every attribute of the table has a kind and a known unit")
    func attributes() {
        let units: Set<String?> = [nil, "cores", "MiB", "GiB", "%", "ms", "Mbps", "per km²", "MHz", "s", "dB", "dBm", "USD", "per s"]
        for (name, entry) in Attribute.table { #expect(units.contains(entry.unit), "\(name)") }
    }
}
