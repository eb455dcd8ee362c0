import IntentModel
import Testing

@testable import GitObjects

@Suite struct GitObjectTests {
    @Test(
        "a blob has the id that git hash-object prints",
        arguments: ["", "replicas: 3\n", "no newline at the end", "línea única — 日本\n"]
    )
    func blob(content: String) async throws {
        let git = try await RealGit()
        defer { git.remove() }
        #expect(try await GitBlob.id(of: Array(content.utf8)) == git.blob(of: Array(content.utf8)))
    }

    @Test("a blob may hold any bytes")
    func binary() async throws {
        let git = try await RealGit()
        defer { git.remove() }
        for length in [256, 100_000] {
            let content = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
            #expect(try await GitBlob.id(of: content) == git.blob(of: content))
        }
    }

    @Test(
        "a directory has the id that git write-tree prints",
        arguments: [
            ["Kptfile"],
            ["workload.yaml", "Kptfile", "README.md"],
            ["b", "B", "a", "_", "-", "0"],
            // A directory sorts as if its name ended in a slash: after `amf.yaml` and `amf-1`, before `amf0`.
            ["amf/one", "amf.yaml", "amf-1", "amf0"],
            ["config/a/b/c/d.yaml", "config/a/b.yaml", "config/a-b/x", "config.yaml", "config0/y", "z"],
            ["deep/er/and/deeper/still/file"],
            ["ümlaut.yaml", "z.yaml", "日本/x"],
        ]
    )
    func tree(paths: [String]) async throws {
        let git = try await RealGit()
        defer { git.remove() }
        let files = paths.map { PackageFile(path: $0, content: "content of \($0)\n") }
        let expected = try await git.tree(of: files)
        #expect(GitTree.id(of: files) == expected)
        #expect(GitTree.id(of: files.reversed()) == expected)
    }

    @Test("no files give git's empty tree")
    func empty() {
        #expect(GitTree.id(of: []) == "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
    }
}
