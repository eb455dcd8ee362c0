import Foundation
import IntentModel
import Testing

@testable import GitObjects

/// Packs are git's to judge: the real one checks, reads and copies what is written here.
@Suite struct PackTests {
    /// A life of a directory of packages, drawn from a seed: what the tree must be after each step is kept beside.
    private struct Life {
        var random: SplitMix
        var packages: [String: [PackageFile]] = [:]

        init(seed: UInt64) { self.random = SplitMix(state: seed) }

        /// Names that sort oddly: a directory sorts as if it ended in a slash.
        private static let names = ["a", "a-b", "a0", "ab", "b", "b1", "c-1", "c-10", "c-2", "zz"]

        mutating func step() -> (path: String, files: [PackageFile]?) {
            let path = (0..<3).map { _ in Self.names[Int.random(in: 0..<Self.names.count, using: &self.random)] }.joined(separator: "/")
            let isGone = self.packages[path] != nil && Int.random(in: 0..<3, using: &self.random) == 0
            let files = (0..<Int.random(in: 1...4, using: &self.random)).map { number in
                PackageFile(
                    path: number == 3 ? "deep/er/file" : "file-\(number).yaml",
                    content: String(repeating: "x: \(Int.random(in: 0..<3, using: &self.random))\n", count: Int.random(in: 0...200, using: &self.random)))
            }
            self.packages[path] = isGone ? nil : files
            return (path, isGone ? nil : files)
        }

        var files: [PackageFile] {
            self.packages.flatMap { path, files in files.map { PackageFile(path: "\(path)/\($0.path)", content: $0.content) } }
        }
    }

    /// A commit as text.
    private func commit(_ tree: ObjectID, _ parent: ObjectID?, _ number: Int) -> [UInt8] {
        let parents = parent.map { "parent \($0)\n" } ?? ""
        return Array("tree \(tree)\n\(parents)author A <a@b> \(number) +0000\ncommitter A <a@b> \(number) +0000\n\nStep \(number)\n".utf8)
    }

    @Test("random lives of a branch in random batches are what git makes of them, also merged", arguments: [1, 2, 3, 4] as [UInt64])
    func random(seed: UInt64) async throws {
        let git = try await RealGit()
        defer { git.remove() }
        var life = Life(seed: seed)
        let packs = PackStore(repository: git.repository)
        let refs = RefFiles(repository: git.repository)
        var spine = TreeSpine()
        var (root, head): (ObjectID?, ObjectID?) = (nil, nil)
        var number = 0
        var roots: [(commit: ObjectID, files: [PackageFile])] = []
        for _ in 0..<40 {
            var pack = try PackBuilder()
            let old = head
            // Now and then nothing is known, as after a start.
            if Int.random(in: 0..<4, using: &life.random) == 0 { spine = TreeSpine() }
            for _ in 0..<Int.random(in: 1...12, using: &life.random) {
                let (path, files) = life.step()
                let tree = files.map { GitTree(of: $0) }
                for blob in tree?.blobs ?? [] { try pack.add(blob: blob.content, blob.id) }
                for tree in tree?.trees ?? [] { try pack.add(.tree, tree.id, tree.content) }
                while let root, case let missing = spine.missing(above: [path], root: root), !missing.isEmpty {
                    for directory in missing {
                        let found = pack.contains(directory.id)
                        #expect(!found, "what is in the pack is in memory")
                        spine.learn(directory, try await git.content(of: directory.id.description))
                    }
                }
                let new = try spine.set(path, to: tree?.id, below: root, in: &pack)
                number += 1
                let content = self.commit(new, head, number)
                let id = ObjectID(kind: .commit, content: content)
                try pack.add(.commit, id, content)
                (root, head) = (new, id)
            }
            try packs.add(pack.finished())
            try refs.move("refs/heads/main", from: old, to: try #require(head))
            roots.append((try #require(head), life.files))
        }
        for isMerged in [false, true] {
            if isMerged {
                let before = try await git.ask("count-objects", "-v")
                #expect(before.contains("packs: 40\n"))
                #expect(try packs.merge() == 40)
                #expect(try await git.ask("count-objects", "-v").contains("packs: 1\n"))
            }
            #expect(try await git.ask("fsck", "--full", "--strict") == "")
            #expect(try await git.ask("rev-list", "--count", "main") == "\(number)")
            for (commit, files) in roots where isMerged || commit == head {
                #expect(try await git.ask("rev-parse", "\(commit)^{tree}") == git.tree(of: files))
            }
            for index in try FileManager.default.contentsOfDirectory(atPath: git.repository + "/objects/pack") where index.hasSuffix(".idx") {
                _ = try await git.ask("verify-pack", "\(git.repository)/objects/pack/\(index)")
            }
            let copy = git.directory.path + "-copy-\(isMerged)"
            defer { try? FileManager.default.removeItem(atPath: copy) }
            _ = try await git.ask("clone", "--quiet", "--mirror", "--no-local", git.repository, copy)
            #expect(try await git.ask("--git-dir", copy, "log", "-p", "--format=%H %s", "main") == git.ask("log", "-p", "--format=%H %s", "main"))
        }
    }

    @Test("packs that git made, with deltas by offset, are merged with ours")
    func foreign() async throws {
        let git = try await RealGit()
        defer { git.remove() }
        let packs = PackStore(repository: git.repository)
        var parent: String?
        for number in 0..<16 {
            let text = (0..<400).map { "line \($0 == number ? "changed" : "\($0)")\n" }.joined()
            _ = try await git.tree(of: [PackageFile(path: "large.txt", content: text), PackageFile(path: "number.txt", content: "\(number)")])
            let tree = try await git.ask("write-tree")
            let arguments = ["commit-tree", tree, "-m", "\(number)"] + (parent.map { ["-p", $0] } ?? [])
            let commit = try await git.ask(arguments)
            _ = try await git.ask("update-ref", "refs/heads/main", commit)
            parent = commit
            if number % 2 == 1 { _ = try await git.ask("repack", "--quiet", "-d") }
        }
        for number in 0..<10 {
            var pack = try PackBuilder()
            let content = "own \(number)"
            try pack.add(blob: content, ObjectID(kind: .blob, content: content.utf8))
            try packs.add(pack.finished())
        }
        #expect(try packs.merge() == 18)
        #expect(try await git.ask("fsck", "--full", "--strict", "--no-dangling") == "")
        #expect(try await git.ask("rev-list", "--count", "--objects", "main") == "64")
        #expect(try await git.ask("count-objects", "-v").contains("packs: 1\n"))
    }

    @Test("an object that is a delta of another in one pack, and its base in the other, is not made of itself")
    func circle() async throws {
        let git = try await RealGit()
        defer { git.remove() }
        let packs = PackStore(repository: git.repository)
        func content(_ number: Int) -> [UInt8] { Array("40000 x\0".utf8) + [UInt8](repeating: UInt8(number), count: 20) }
        let contents = (1...3).map(content)
        let ids = contents.map { ObjectID(kind: .tree, content: $0) }
        // Every order of three states, each a delta of the one before: together they hold every delta there can be.
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            var pack = try PackBuilder()
            try pack.add(.tree, ids[order[0]], contents[order[0]])
            for (base, next) in zip(order, order.dropFirst()) {
                let delta = PackDelta(baseSize: contents[base].count, replacing: 8..<28, with: Array(contents[next][8...]))
                #expect(try pack.add(ids[next], as: delta, of: ids[base]))
            }
            try packs.add(pack.finished())
        }
        for number in 0..<10 {
            var pack = try PackBuilder()
            try pack.add(blob: "\(number)", ObjectID(kind: .blob, content: "\(number)".utf8))
            try packs.add(pack.finished())
        }
        #expect(try packs.merge() == 16)
        for (id, content) in zip(ids, contents) { #expect(try await git.content(of: id.description) == content) }
    }

    @Test("a damaged pack stays as it is, is told of, and keeps the others from nothing")
    func damaged() async throws {
        let git = try await RealGit()
        defer { git.remove() }
        let packs = PackStore(repository: git.repository)
        for number in 0..<17 {
            var pack = try PackBuilder()
            let content = String(repeating: "\(number) ", count: 100)
            try pack.add(blob: content, ObjectID(kind: .blob, content: content.utf8))
            try packs.add(pack.finished())
        }
        let directory = git.repository + "/objects/pack/"
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".pack") }.min())
        var bytes = try #require(FileManager.default.contents(atPath: directory + name))
        bytes[20] ^= 0xff
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: directory + name)
        try bytes.write(to: URL(filePath: directory + name))
        #expect(throws: PackSource.Damaged.self) { try packs.merge() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count { $0.hasSuffix(".pack") } == 2)
        #expect(FileManager.default.contents(atPath: directory + name) == bytes)
    }

    @Test("objects of any size are read back by git", arguments: [0, 1, 15, 16, 2_047, 2_048, 300_000])
    func sizes(size: Int) async throws {
        let git = try await RealGit()
        defer { git.remove() }
        var random = SplitMix(state: UInt64(size))
        let content = (0..<size).map { _ in UInt8(UInt32.random(in: 32..<127, using: &random)) }
        var changed = content
        changed.replaceSubrange((size / 3)..<(size / 2), with: Array("something else".utf8))
        let (one, two) = (ObjectID(kind: .blob, content: content), ObjectID(kind: .blob, content: changed))
        var pack = try PackBuilder()
        try pack.add(.blob, one, content)
        if one != two {
            #expect(
                try pack.add(
                    two, as: PackDelta(baseSize: size, replacing: (size / 3)..<(size / 2), with: Array("something else".utf8)), of: one))
        }
        try PackStore(repository: git.repository).add(pack.finished())
        #expect(try await git.content(of: one.description) == content)
        #expect(try await git.content(of: two.description) == changed)
    }

    @Test("a compressor that cannot begin says so, and is given back once")
    func noDeflater() throws {
        for _ in 0..<100 { #expect(throws: Deflater.Failure.self) { try Deflater.begin(level: 42) } }
        var bytes: [UInt8] = []
        try [UInt8](repeating: 7, count: 1_000).withUnsafeBufferPointer { try Deflater.begin().append($0, to: &bytes) }
        #expect(!bytes.isEmpty && bytes.count < 100)
    }
}

/// A sequence that a seed determines.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var value = self.state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}
