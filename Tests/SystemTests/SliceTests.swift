import Foundation
import IntentModel
import TestSupport
import Testing

extension RealProcesses {
    /// Slices by their S-NSSAI, and networks by identifiers that can be ones, from the sentence to the repository.
    @Suite("slices") struct SliceTests {
        @Test("a second slice is put beside the first, one that is not there is not another, and the S-NSSAI stays")
        func identity() async throws {
            let installation = try await Installation.start()
            defer { installation.stop() }
            let gateway = installation.gateway
            func parameters(_ instance: String) async throws -> String {
                try await installation.repository.git("show", "main:default/s1/\(instance)/configmap.yaml")
            }
            for sentence in ["Deploy an eMBB slice with SD 0000aa in namespace s1", "Deploy an eMBB slice with SD 0000bb in namespace s1"] {
                let record = try await gateway.submit(sentence)
                #expect(record.phase == .published, "\(sentence): \(record.phase) \(record.problem?.detail ?? "") \(record.clarifications ?? [])")
            }
            let slices = try await installation.repository.packages().filter { !$0.hasSuffix("-smf") && !$0.hasSuffix("-upf") }
            #expect(slices == ["default/s1/slice-embb", "default/s1/slice-embb-0000bb"])
            #expect(try await parameters("slice-embb").contains("sd: \"0000aa\""))
            let head = try await installation.repository.head()
            for (sentence, field) in [
                ("Remove the slice 1-0000dd from s1", "confirm"), ("Set the uplink of the eMBB slice in s1 to at least 40 Mbps", "context.slice"),
                ("Deploy an AMF in s1 with PLMN 99-1", "context.plmn"), ("Set the TAC of the AMF in s1 to 99999999", "context.tac"),
            ] {
                let asked = try await gateway.submit(sentence)
                #expect(asked.phase == .awaitingClarification && asked.clarifications?.map(\.field) == [field], "\(sentence): \(asked)")
            }
            #expect(try await installation.repository.head() == head)
        }

        @Test("manifest-generator does not start with a PLMN that is none, and says what is one", arguments: ["99-1", "1234-01", "001"])
        func setting(_ plmn: String) async throws {
            let directory = try TemporaryDirectory()
            let log = directory.file("log")
            let process = try ServiceProcess(
                "manifest-generator", executable: try Executables.path(of: .generator), environment: ["PLMN": plmn, "PORT": "0"], log: log)
            defer { process.stop() }
            #expect(try await process.exitStatus(within: .seconds(20)) == 1)
            let text = try String(contentsOfFile: log, encoding: .utf8)
            #expect(text.contains("PLMN=\"\(plmn)\" is not allowed; allowed: MCC-MNC, as in 310-410: an MCC of 3 digits and an MNC of 2 or 3"), "\(text)")
        }
    }
}
