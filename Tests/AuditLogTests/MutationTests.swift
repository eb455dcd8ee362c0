import TestSupport
import Testing

@testable import AuditLog

@Suite struct MutationTests {
    @Test("whatever the bytes, a line is an entry or is not, and only what was written is intact")
    func lines() throws {
        let draft = AuditDraft(at: "2026-05-28T20:26:40.000Z", who: "ops", verb: "submit", object: "/v1/intents/1", outcome: "received", position: "1-0")
        let good = AuditLine(draft.entry(in: "p00", 1, after: AuditHash.genesis(of: "p00"))).bytes
        try Mutations("audit", seeds: [good]).run(rounds: 30_000) { bytes throws in
            guard let line = AuditLine(bytes), line.isIntact else { return }
            try #require(bytes == good, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }
}
