import TestSupport
import Testing

@testable import ServiceRuntime

@Suite struct MutationTests {
    @Test("whatever the bytes of a body, its shape is bounded or a fault")
    func shapes() {
        let seeds = [#"{"a": [1, {"b": "\u00e4"}], "c": null}"#, #"{"a": 1, "a": 2}"#, "[[[[[[]]]]]]"].map { Array($0.utf8) }
        Mutations("json-shape", seeds: seeds).run(rounds: 30_000) { bytes in
            bytes.withUnsafeBytes { buffer in _ = try? JSONShape.check(buffer) }
        }
    }

    @Test("whatever a file of settings holds, it is read or refused")
    func settings() throws {
        let seeds = ["log:\n  level: debug\nllm-processor: {CACHE_TTL: 5m}\n", "a: &a [1, 2]\nb: *a\n"].map { Array($0.utf8) }
        try Mutations("yaml-settings", seeds: seeds).run(rounds: 1_000) { bytes throws in
            do {
                _ = try SettingsFile(path: "settings.yaml", text: String(decoding: bytes, as: UTF8.self), service: "llm-processor")
            } catch let fault as InvalidSetting { try #require(!fault.allowed.isEmpty) }
        }
    }

    @Test("whatever is written for a duration or a size, it is one that sums stay in range with, or none")
    func amounts() throws {
        let seeds = ["250ms", "1.5s", "2m", "1h", "7d", "512MB", "64MiB", "1g", "60300810913d", "1e300t"].map { Array($0.utf8) }
        try Mutations("amounts", seeds: seeds).run(rounds: 20_000) { bytes throws in
            let text = String(decoding: bytes, as: UTF8.self)
            if let duration = DurationText.parse(text) {
                try #require(duration >= .zero && duration + duration >= duration)
                _ = DurationText.format(duration)
            }
            if let size = ByteSize.parse(text) { try #require(size >= 0 && !ByteSize.format(size).isEmpty) }
        }
    }
}
