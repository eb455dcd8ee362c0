import Foundation
import Testing

@testable import IntentModel

@Suite struct TimeWindowTests {
    @Test(
        "instants as RFC 3339 writes them; without a zone UTC is meant, without a time the day's beginning",
        arguments: [
            ("1970-01-01", 0), ("2026-01-01T00:00:00Z", 1_767_225_600_000), ("2026-01-01t00:00z", 1_767_225_600_000),
            ("2026-01-01 01:30:00+01:30", 1_767_225_600_000), ("2025-12-31T19:00:00-05:00", 1_767_225_600_000), ("2026-01-01T00:00", 1_767_225_600_000),
            ("2024-02-29", 1_709_164_800_000), ("2026-01-01T00:00:00.250Z", 1_767_225_600_250),
        ] as [(String, Int64)])
    func reads(_ text: String, _ milliseconds: Int64) { #expect(Timestamp.milliseconds(text) == milliseconds) }

    @Test(
        "everything else is none",
        arguments: [
            "", "tonight", "2026", "2026-1-1", "2026-00-01", "2026-02-29", "2026-01-32", "2026-01-01T", "2026-01-01T24:00", "2026-01-01T00:60",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00Zulu", "2026-01-01T00:00:00+25:00", "２０２６-01-01",
        ])
    func refuses(_ text: String) { #expect(Timestamp.milliseconds(text) == nil) }

    @Test("agrees with Foundation on many instants")
    func property() {
        let formatter = ISO8601DateFormatter()
        var seconds: Int64 = -2_000_000_000
        while seconds < 10_000_000_000 {
            let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(Timestamp.milliseconds(text) == seconds * 1000, "\(text)")
            seconds += 86_400 * 97 + 12_345
        }
    }
}
