import IntentModel
import Testing

@Suite struct TimestampTests {
    @Test(
        "times are RFC 3339 in UTC with milliseconds, and are read back",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_000, "2024-02-29T23:59:59.000Z"), (4_102_444_800_000, "2100-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ])
    func times(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp.text(milliseconds) == text)
        #expect(Timestamp.milliseconds(text) == milliseconds)
    }

    @Test("what is beyond the years of four digits is written as the nearest of them", arguments: [Int64.min, Int64.max])
    func beyond(_ milliseconds: Int64) { #expect(Timestamp.text(milliseconds) == (milliseconds < 0 ? "0000-01-01T00:00:00.000Z" : "9999-12-31T23:59:59.999Z")) }

    @Test(
        "whole seconds are read and written the same way",
        arguments: ["1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2026-11-27T02:41:48Z", "2100-03-01T00:00:00Z"])
    func seconds(_ text: String) { #expect(Timestamp.milliseconds(text).map(Timestamp.secondsText) == text) }

    @Test("what is no time is none", arguments: ["2100-02-29T00:00:00Z", "2026-13-01", "2026-11-27T24:00:00Z", "x", "", "2026-11-27T02:41:48Zx"])
    func none(_ text: String) { #expect(Timestamp.milliseconds(text) == nil) }
}
