import Foundation
import TestSupport
import Testing

@testable import GitObjects

@Suite struct PackMutationTests {
    @Test("whatever the bytes of an index, it is read within its bounds or refused")
    func index() throws {
        var pack = try PackBuilder()
        for text in ["one", "two", "three"] { try pack.add(blob: text, ObjectID(kind: .blob, content: text.utf8)) }
        let finished = pack.finished()
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let path = directory.file("pack.idx")
        try Mutations("pack-index", seeds: [finished.index]).run(rounds: 4_000) { bytes in
            try Data(bytes).write(to: URL(filePath: path))
            guard let file = try MappedFile(opening: path), let index = PackIndex(file) else { return }
            _ = index.packChecksum
            for position in 0..<index.count { _ = (index.id(position), index.crc(position), index.offset(position)) }
        }
    }
}
