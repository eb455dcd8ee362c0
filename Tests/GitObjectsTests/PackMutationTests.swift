import TestSupport
import Testing

@testable import GitObjects

@Suite struct PackMutationTests {
    @Test("whatever the bytes of an index, it is read within its bounds or refused")
    func index() throws {
        var pack = try PackBuilder()
        for text in ["one", "two", "three"] { try pack.add(blob: text, ObjectID(kind: .blob, content: text.utf8)) }
        let finished = pack.finished()
        Mutations("pack-index", seeds: [finished.index]).run(rounds: 20_000) { bytes in
            guard let index = PackIndex(bytes) else { return }
            _ = index.packChecksum
            #expect(index.entries.count <= bytes.count)
        }
    }
}
