import Foundation
import Synchronization
import TestSupport
import Testing

@testable import VectorIndex

@Suite("The file of an index")
struct VectorFileTests {
    private static let dimensions = 64

    private func filled(_ count: Int, _ vectors: inout Vectors) throws -> VectorIndex {
        let index = VectorIndex(model: "model-1", dimensions: Self.dimensions)
        try index.put((0..<count).map { (id: Int64($0), vector: vectors.next()) })
        return index
    }

    private func open(_ path: String) throws(VectorIndexError) -> VectorIndex {
        try VectorIndex.open(path: path, model: "model-1", dimensions: Self.dimensions)
    }

    @Test("what is opened is what was saved, whatever was added, replaced and removed in between")
    func roundTrip() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("vectors")
        var vectors = Vectors(dimensions: Self.dimensions)
        let index = try self.filled(1_500, &vectors)
        #expect(index.generation == nil)
        try index.save(to: path, generation: 1)
        let queries = (0..<5).map { _ in vectors.next() }
        for generation in 2...5 as ClosedRange<UInt64> {
            let opened = try self.open(path)
            #expect(opened.generation == generation - 1)
            #expect(opened.ids == index.ids)
            for query in queries { #expect(try opened.search(query, limit: 20) == index.search(query, limit: 20)) }
            // The one that was opened and the one that was there do the same from here on; only one of them writes.
            let more = (0..<400).map { (id: Int64(Int(generation) * 1_000 + $0), vector: vectors.next()) }
            for one in [index, opened] {
                try one.put(more)
                try one.put([(generation.isMultiple(of: 2) ? 3 : 1_490, more[0].vector)])
                one.remove([Int64(generation), 1_400 + Int64(generation)])
            }
            try (generation.isMultiple(of: 2) ? opened : index).save(to: path, generation: generation)
            if generation.isMultiple(of: 2) { try index.save(to: path, generation: generation) }
        }
        #expect(try self.open(path).ids == index.ids)
    }

    @Test("a file saved for another collection is not taken")
    func generations() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("vectors")
        var vectors = Vectors(dimensions: Self.dimensions)
        try self.filled(10, &vectors).save(to: path, generation: 7)
        #expect(try VectorIndex.open(path: path, model: "model-1", dimensions: Self.dimensions, generation: 7).count == 10)
        #expect(throws: VectorIndexError.foreign(path: path, reason: "its vectors are of another collection")) {
            try VectorIndex.open(path: path, model: "model-1", dimensions: Self.dimensions, generation: 8)
        }
    }

    @Test("saving goes on beside a writer who removes so much that rows are moved", .timeLimit(.minutes(2)))
    func beside() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("vectors")
        var vectors = Vectors(dimensions: Self.dimensions)
        let index = try self.filled(100, &vectors)
        let spare = (0..<1_200).map { (id: Int64(1_000 + $0), vector: vectors.next()) }
        let writer = Writer()
        // Threads of their own: a lock that is never given back would hold those of the tests.
        async let saved: Void = Self.onThread { while !writer.isDone { try? index.save(to: path, generation: 1) } }
        await Self.onThread {
            for _ in 0..<60 {
                try? index.put(spare)
                index.remove(spare.map(\.id))
            }
            writer.end()
        }
        await saved
        try index.save(to: path, generation: 2)
        #expect(try self.open(path).ids.sorted() == (0..<100).map { Int64($0) })
    }

    private final class Writer: Sendable {
        private let done = Mutex(false)
        var isDone: Bool { self.done.withLock { $0 } }
        func end() { self.done.withLock { $0 = true } }
    }

    private static func onThread(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            Thread {
                body()
                continuation.resume()
            }.start()
        }
    }

    @Test("a save after many removals writes the file anew, smaller")
    func rewritten() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("vectors")
        var vectors = Vectors(dimensions: Self.dimensions)
        let index = try self.filled(4_000, &vectors)
        try index.save(to: path, generation: 1)
        let before = try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        index.remove((0..<3_000).map { Int64($0) })
        try index.save(to: path, generation: 2)
        #expect(try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) < before / 2)
        #expect(try self.open(path).ids == index.ids)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["vectors"])
    }

    @Test("a file that is not there, or of another model, shape or kind, is refused")
    func foreign() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("vectors")
        #expect(throws: VectorIndexError.missing(path: path)) { try self.open(path) }
        var vectors = Vectors(dimensions: Self.dimensions)
        try self.filled(10, &vectors).save(to: path, generation: 1)
        #expect(throws: VectorIndexError.foreign(path: path, reason: "its vectors are of model-1")) {
            try VectorIndex.open(path: path, model: "model-2", dimensions: Self.dimensions)
        }
        #expect(throws: VectorIndexError.foreign(path: path, reason: "its vectors have 64 dimensions")) {
            try VectorIndex.open(path: path, model: "model-1", dimensions: 32)
        }
        try Data(repeating: 65, count: 8_192).write(to: URL(fileURLWithPath: path))
        #expect(throws: VectorIndexError.foreign(path: path, reason: "it is no index of vectors")) { try self.open(path) }
    }

    @Test("a byte changed anywhere is noticed, and so is a missing end")
    func damaged() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("vectors")
        var vectors = Vectors(dimensions: Self.dimensions)
        try self.filled(1_100, &vectors).save(to: path, generation: 1)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        // Of the header, a block's page, its rows, the second block's.
        for place in [8, 33, 56, 72, 4_000, 4_097, 4_112, 8_200, 90_000, whole.count / 2 + 5_000, whole.count - 1] {
            var bytes = whole
            bytes[place] ^= 0x10
            try bytes.write(to: URL(fileURLWithPath: path))
            #expect(throws: VectorIndexError.self, "byte \(place)") { try self.open(path) }
        }
        for count in [1, 4_095, 4_096, whole.count - 1] {
            try whole.prefix(count).write(to: URL(fileURLWithPath: path))
            #expect(throws: VectorIndexError.self, "\(count) bytes") { try self.open(path) }
        }
        try whole.write(to: URL(fileURLWithPath: path))
        #expect(try self.open(path).count == 1_100)
    }

    @Test("a file left in the middle of a change is refused")
    func unfinished() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("vectors")
        var vectors = Vectors(dimensions: Self.dimensions)
        try self.filled(100, &vectors).save(to: path, generation: 1)
        // As a writer that was killed leaves it: the header says so, blocks may be old or new.
        var header = try VectorFileHeader.read([UInt8](Data(contentsOf: URL(fileURLWithPath: path))), path: path)
        header.isClosed = false
        let file = try FileWriter(path: path, isNew: false)
        try file.write(header.page, at: 0)
        #expect(throws: VectorIndexError.damaged(path: path, reason: "it was left in the middle of a change")) { try self.open(path) }
    }

    @Test("a save that fails says why, and the next one goes somewhere else")
    func failure() throws {
        let directory = try TemporaryDirectory()
        var vectors = Vectors(dimensions: Self.dimensions)
        let index = try self.filled(100, &vectors)
        let path = directory.file("not-there/vectors")
        #expect(throws: VectorIndexError.system(path: path + ".new", reason: "No such file or directory")) { try index.save(to: path, generation: 1) }
        #expect(index.count == 100 && index.generation == nil)
        try index.save(to: directory.file("vectors"), generation: 2)
        #expect(try self.open(directory.file("vectors")).ids == index.ids)
    }
}
