import TestSupport
import Testing

@testable import AuditLog

@Suite struct MutationTests {
    @Test("whatever the bytes, a line is an entry or is not, and only what was written and anchored is sound")
    func lines() throws {
        let draft = AuditDraft(at: "2026-05-28T20:26:40.000Z", who: "ops", verb: "submit", object: "/v1/intents/1", outcome: "received", position: "1-0")
        let good = AuditLine(draft.entry(in: "p00", 1, after: AuditHash.genesis(of: "p00")))
        // A hash without a secret can be made by whoever writes the line: the anchor is what cannot be met.
        let anchor = AuditHead(chain: "p00", sequence: 1, hash: good.hash)
        try Mutations("audit", seeds: [good.bytes]).run(rounds: 30_000) { bytes throws in
            var verifier = AuditVerifier(chain: "p00", anchors: [anchor])
            do {
                try verifier.take(bytes, at: "p00/1:1")
                try verifier.finish()
            } catch { return }
            try #require(bytes == good.bytes, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }
}
