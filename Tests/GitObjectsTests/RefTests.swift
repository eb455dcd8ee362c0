import Foundation
import Testing

@testable import GitObjects

/// Refs written here beside the real git's.
@Suite struct RefTests {
    private func commits(_ git: RealGit) async throws -> [ObjectID] {
        let tree = try await git.ask("hash-object", "-t", "tree", "-w", "/dev/null")
        var ids: [ObjectID] = []
        for number in 0..<3 { ids.append(try #require(ObjectID(try await git.ask("commit-tree", tree, "-m", "\(number)")))) }
        return ids
    }

    @Test("a ref moves only from where it was seen to be, loose or packed")
    func moves() async throws {
        let git = try await RealGit()
        defer { git.remove() }
        let refs = RefFiles(repository: git.repository)
        let ids = try await self.commits(git)
        let main = "refs/heads/main"
        #expect(try refs.value(of: main) == nil)
        #expect(throws: RefFiles.Failure.moved(main)) { try refs.move(main, from: ids[1], to: ids[0]) }
        try refs.move(main, from: nil, to: ids[0])
        #expect(throws: RefFiles.Failure.moved(main)) { try refs.move(main, from: nil, to: ids[1]) }
        #expect(try await git.ask("rev-parse", main) == ids[0].description)
        _ = try await git.ask("pack-refs", "--all")
        #expect(!FileManager.default.fileExists(atPath: "\(git.repository)/\(main)"))
        #expect(try refs.value(of: main) == ids[0])
        #expect(throws: RefFiles.Failure.moved(main)) { try refs.move(main, from: ids[1], to: ids[2]) }
        try refs.move(main, from: ids[0], to: ids[1])
        #expect(try await git.ask("rev-parse", main) == ids[1].description)
        _ = try await git.ask("update-ref", main, ids[2].description)
        #expect(throws: RefFiles.Failure.moved(main)) { try refs.move(main, from: ids[1], to: ids[0]) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: git.repository + "/refs/heads") == ["main"], "no lock is left")
    }

    @Test("many refs are packed at once: git has them, those that were there stay, and what is changed is what it is to be")
    func packing() async throws {
        let git = try await RealGit()
        defer { git.remove() }
        let refs = RefFiles(repository: git.repository)
        let ids = try await self.commits(git)
        var expected: [String: ObjectID] = [:]
        func pack(_ new: [String: ObjectID]) async throws {
            #expect(try refs.pack(new, limit: 1 << 20))
            expected.merge(new) { $1 }
            let shown = try await git.ask("for-each-ref", "--format=%(refname) %(objectname)", "refs/tags/p").split(separator: "\n").map(String.init)
            #expect(shown.sorted() == expected.map { "\($0) \($1)" }.sorted())
            for (name, id) in expected { #expect(try refs.value(of: name) == id) }
            #expect(!FileManager.default.fileExists(atPath: git.repository + "/packed-refs.lock"))
        }
        try await pack(["refs/tags/p/b/v1": ids[0], "refs/tags/p/a/v2": ids[1], "refs/tags/p/a/v10": ids[2]])
        try await pack(["refs/tags/p/a/v1": ids[0], "refs/tags/p/z/v1": ids[1], "refs/tags/p/a-b/v1": ids[2], "refs/tags/p/b/v1": ids[2]])
        // An annotated tag among them, with the line below it, before and after.
        _ = try await git.ask("tag", "-a", "-m", "x", "m", ids[0].description)
        _ = try await git.ask("pack-refs", "--all")
        try await pack(Dictionary(uniqueKeysWithValues: (0..<300).map { ("refs/tags/p/n\($0)/v\($0 % 7)", ids[$0 % 3]) }))
        #expect(try await git.ask("rev-parse", "m^{commit}") == ids[0].description)
        try await pack(["refs/tags/p/n7/v0": ids[0], "refs/tags/p/n299/v5": ids[1]])
        _ = try await git.ask("pack-refs", "--all")
        _ = try await git.ask("fsck", "--strict")
        try await pack(["refs/tags/p/last/v1": ids[2]])
    }

    @Test("refs are not packed where another is at it, where one is a file, or is below or above another, and in a file that is too large")
    func notPacking() async throws {
        let git = try await RealGit()
        defer { git.remove() }
        let refs = RefFiles(repository: git.repository)
        let ids = try await self.commits(git)
        try refs.set("refs/tags/a/v1", to: ids[0])
        #expect(try !refs.pack(["refs/tags/a/v1": ids[1]], limit: 1 << 20))
        #expect(try !refs.pack(["refs/tags/a/v1/x": ids[1]], limit: 1 << 20))
        #expect(try !refs.pack(["refs/tags/a": ids[1]], limit: 1 << 20))
        #expect(try !refs.pack(["refs/tags/c": ids[1], "refs/tags/c/v1": ids[1]], limit: 1 << 20))
        _ = try await git.ask("pack-refs", "--all")
        #expect(try !refs.pack(["refs/tags/a/v1/x": ids[1]], limit: 1 << 20))
        #expect(try !refs.pack(["refs/tags/a": ids[1]], limit: 1 << 20))
        #expect(try !refs.pack(["refs/tags/b/v1": ids[1]], limit: 10))
        #expect(FileManager.default.createFile(atPath: "\(git.repository)/packed-refs.lock", contents: nil))
        #expect(try !refs.pack(["refs/tags/b/v1": ids[1]], limit: 1 << 20))
        try FileManager.default.removeItem(atPath: "\(git.repository)/packed-refs.lock")
        #expect(try refs.pack(["refs/tags/b/v1": ids[1], "refs/tags/a/v1": ids[2]], limit: 1 << 20))
        #expect(try refs.value(of: "refs/tags/a/v1") == ids[2] && refs.value(of: "refs/tags/b/v1") == ids[1])
    }

    @Test("who holds the lock has the ref, and git respects ours")
    func locks() async throws {
        let git = try await RealGit()
        defer { git.remove() }
        let ids = try await self.commits(git)
        let main = "refs/heads/main"
        let refs = RefFiles(repository: git.repository) { point in
            // Here the lock is ours: git comes too late.
            guard point == .locked else { return }
            #expect(FileManager.default.fileExists(atPath: "\(git.repository)/\(main).lock"))
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["git", "--git-dir", git.repository, "update-ref", main, ids[1].description]
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus != 0)
        }
        try refs.move(main, from: nil, to: ids[0])
        #expect(try await git.ask("rev-parse", main) == ids[0].description)
        #expect(FileManager.default.createFile(atPath: "\(git.repository)/\(main).lock", contents: nil))
        #expect(throws: RefFiles.Failure.locked(main)) { try refs.move(main, from: ids[0], to: ids[1]) }
        #expect(try refs.value(of: main) == ids[0])
    }

    @Test("a ref is not made below or above another, loose or packed; an empty directory is no ref")
    func names() async throws {
        let git = try await RealGit()
        defer { git.remove() }
        let refs = RefFiles(repository: git.repository)
        let ids = try await self.commits(git)
        try refs.set("refs/tags/a/b/c/v1", to: ids[0])
        #expect(throws: RefFiles.Failure.unusable("refs/tags/a/b")) { try refs.set("refs/tags/a/b", to: ids[1]) }
        #expect(throws: RefFiles.Failure.unusable("refs/tags/a/b/c/v1/x")) { try refs.set("refs/tags/a/b/c/v1/x", to: ids[1]) }
        _ = try await git.ask("pack-refs", "--all")
        #expect(try refs.value(of: "refs/tags/a/b/c/v1") == ids[0])
        #expect(throws: RefFiles.Failure.unusable("refs/tags/a/b/c/v1/x")) { try refs.set("refs/tags/a/b/c/v1/x", to: ids[1]) }
        try FileManager.default.createDirectory(atPath: git.repository + "/refs/tags/d", withIntermediateDirectories: true)
        try refs.set("refs/tags/d", to: ids[2])
        #expect(try await git.ask("rev-parse", "refs/tags/d") == ids[2].description)
    }

    @Test("of many packed refs each is found, and none that is not there")
    func packed() async throws {
        let git = try await RealGit()
        defer { git.remove() }
        let refs = RefFiles(repository: git.repository)
        let ids = try await self.commits(git)
        let names = (0..<500).map { "refs/tags/ns-\($0 % 7)/amf-\($0)/v\($0 % 3)" }
        for (number, name) in names.enumerated() { try refs.set(name, to: ids[number % 3]) }
        // An annotated tag has a second line.
        _ = try await git.ask("tag", "-a", "-m", "x", "ns-3/between", ids[0].description)
        let annotated = try await git.ask("rev-parse", "refs/tags/ns-3/between")
        _ = try await git.ask("pack-refs", "--all")
        for (number, name) in names.enumerated() { #expect(try refs.value(of: name) == ids[number % 3]) }
        #expect(try refs.value(of: "refs/tags/ns-3/between")?.description == annotated)
        for name in ["refs/tags/a", "refs/tags/ns-3", "refs/tags/ns-3/amf-10/v9", "refs/tags/zz", "refs/"] { #expect(try refs.value(of: name) == nil) }
        #expect(try await git.ask("fsck", "--strict") == "")
    }
}
