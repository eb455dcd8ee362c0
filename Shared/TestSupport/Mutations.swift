import Foundation

/// Bytes that are almost what a parser takes: seeds, changed at random, again and again. The same seed gives the same bytes.
///
/// A parser must come back from all of them: with a value or an error, in bounded time and memory. `NEPHORAN_FUZZ_SECONDS` says how long each of
/// them is tried; without, so many rounds. Linked with libFuzzer (`Tests/Sanitizers/fuzz`, as `make endurance` does) it is the one that changes
/// them, led by what they reach.
package struct Mutations: Sendable {
    private static let interesting: [[UInt8]] = [
        [0], [0xff], [0x7f], [0x80], [0xc3, 0x28], [0xed, 0xa0, 0x80], Array("-1".utf8), Array("99999999999999999999".utf8), Array("\r\n".utf8),
        Array("]]>]]>".utf8), Array("\\u0000".utf8), Array("\\ud800".utf8), Array("<!ENTITY".utf8), Array("[[[[[[[[".utf8), Array("{\"\":".utf8),
    ]

    /// In which the corpus is added to, by the name of the parser: what has once failed is tried first from then on.
    private static let corpora = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Tests/Corpora").path

    private let name: String
    private let seeds: [[UInt8]]
    private var random: UInt64

    /// - Parameters:
    ///   - name: of the parser, and of its folder in `Tests/Corpora`.
    ///   - seeds: what it takes.
    package init(_ name: String, seeds: [[UInt8]]) {
        self.name = name
        let folder = Self.corpora + "/" + name
        let kept = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().compactMap {
            FileManager.default.contents(atPath: folder + "/" + $0)
        }
        self.seeds = kept.map { Array($0) } + seeds
        self.random = ProcessInfo.processInfo.environment["NEPHORAN_SEED"].flatMap { UInt64($0) } ?? 0x9e37_79b9_7f4a_7c15
    }

    /// - Parameter rounds: unless `NEPHORAN_FUZZ_SECONDS` is set.
    /// - Returns: how many were tried.
    @discardableResult
    package func run(rounds: Int, _ body: ([UInt8]) throws -> Void) rethrows -> Int {
        for seed in self.seeds { try body(seed) }
        let seconds = ProcessInfo.processInfo.environment["NEPHORAN_FUZZ_SECONDS"].flatMap { Int($0) }
        if let seconds { Fuzzer.run(self.name, seeds: self.seeds, kept: Self.corpora + "/" + self.name, seconds: seconds, body) }
        let deadline = ContinuousClock.now + .seconds(seconds ?? 0)
        var copy = self
        var count = 0
        while seconds == nil ? count < rounds : ContinuousClock.now < deadline {
            try body(copy.next())
            count += 1
        }
        return count
    }

    private mutating func next() -> [UInt8] {
        var bytes = self.seeds[self.below(self.seeds.count)]
        for _ in 0...self.below(4) {
            let place = self.below(bytes.count + 1)
            switch self.below(8) {
            case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(self.below(8))
            case 1 where place < bytes.count: bytes[place] = UInt8(self.below(256))
            case 2: bytes.insert(contentsOf: Self.interesting[self.below(Self.interesting.count)], at: place)
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + self.below(8)))
            case 4: bytes = Array(bytes[..<place])
            case 5:
                let end = min(bytes.count, place + self.below(32))
                bytes.insert(contentsOf: Array(repeating: bytes[place..<end], count: 1 + self.below(16)).joined(), at: place)
            case 6:
                let other = self.seeds[self.below(self.seeds.count)]
                bytes.replaceSubrange(place..., with: other[min(other.count, self.below(other.count + 1))...])
            default: bytes.insert(UInt8(self.below(256)), at: place)
            }
        }
        return bytes
    }

    /// SplitMix64.
    private mutating func below(_ limit: Int) -> Int {
        self.random &+= 0x9e37_79b9_7f4a_7c15
        var value = self.random
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        value ^= value >> 31
        return Int(value % UInt64(max(1, limit)))
    }
}
