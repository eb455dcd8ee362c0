import GitObjects
import IntentModel
import Testing

@testable import NephioBridge

@Suite struct HostileInputTests {
    @Test(
        "a directory that is not three DNS labels never reaches git",
        arguments: [
            "", "/", "amf", "default/amf", "default/core5g/amf/more", "../core5g/amf", "default/../amf", "default/core5g/..", "/default/core5g/amf",
            "default/core5g/amf/", "default//amf", "default/core5g/AMF", "default/core5g/-amf", "default/core5g/amf-", "default/core5g/a.b",
            "default/core5g/amf\nD default", "default/core5g/a mf", "default/core5g/\"amf\"", "default/core5g/ämf", "default/core5g/amf\0",
            "default/core5g/" + String(repeating: "a", count: 64), "refs/heads/main:x", "default/core5g/.git", "default/core5g/--output=x",
        ])
    func paths(path: String) async throws {
        #expect(PackagePath(path) == nil)
        let store = try TestRepository()
        let repository = store.open()
        let result = await repository.publish([request(store.intent(), path, to: package("amf"))])
        guard case .failed(_, let mayRetry) = result[0] else { return #expect(Bool(false), "\(result)") }
        #expect(!mayRetry)
        #expect(try await repository.files(path: path) == nil)
        #expect(try await repository.files(path: path, revision: "v1") == nil)
        #expect(try await store.revisions() == 0)
    }

    @Test(
        "a file name outside its alphabet never reaches git",
        arguments: [
            "", "/etc/passwd", "../x", "a/../b", "a/./b", "a//b", "a/", ".git/config", "x/.GIT/hooks", "a b", "a\nb", "\"a\"", "ä.yaml", "a\\b", "a:b", "a\0",
            "1/2/3/4/5/6/7/8/9", String(repeating: "x", count: 256),
        ])
    func files(name: String) async throws {
        #expect(!PackageContent.isPath(name))
        let store = try TestRepository()
        let result = await store.open().publish([request(store.intent(), "default/core5g/amf", to: [PackageFile(path: name, content: "x")])])
        guard case .failed(let reason, false) = result[0] else { return #expect(Bool(false), "\(result)") }
        #expect(!reason.contains("\n"))
        #expect(try await store.revisions() == 0)
    }

    @Test(
        "a package that is no tree of files is refused",
        arguments: [
            [], ["a", "a"], ["a", "a/b"], ["a/b", "a/b/c"],
        ] as [[String]])
    func shapes(names: [String]) {
        #expect(PackageContent.objection(to: names.map { PackageFile(path: $0, content: "") }) != nil)
    }

    @Test("names in use are accepted", arguments: ["Kptfile", "a.yaml", "x/y_z/A-1.json", ".krmignore", "1/2/3/4/5/6/7/8", "..."])
    func names(name: String) { #expect(PackageContent.isPath(name)) }

    @Test("too much is refused", arguments: [(PackageContent.maxFiles + 1, 1), (1, PackageContent.maxFileBytes + 1), (5, PackageContent.maxFileBytes)])
    func size(count: Int, bytes: Int) {
        let content = String(repeating: "x", count: bytes)
        #expect(PackageContent.objection(to: (0..<count).map { PackageFile(path: "f\($0)", content: content) }) != nil)
    }

    @Test("content that looks like commands is content, and words that look like trailers are words")
    func injection() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let (intent, other) = (store.intent(), store.intent())
        let hostile = [PackageFile(path: "x.yaml", content: "done\n\nD default\ncommit refs/heads/main\ndata 3\nabc\nfrom refs/heads/main^0\n")]
        var request = request(intent, "default/core5g/amf", to: hostile)
        request.summary = "x\n\nIntent-Id: \(other)\nNephoran-Instance: default/core5g/smf\u{2028}\0\u{202e}done\n"
        request.changes[0].figures = [Figure(name: "n\nIntent-Id: \(other)", value: "\r\nv", source: .text, reason: "\n\n")]
        let result = await repository.publish([request])
        #expect(result[0].packages?.first?.revision == "v1")
        #expect(try await repository.files(path: "default/core5g/amf") == hostile)
        #expect(try await repository.deployments(other) == [])
        await repository.forget()
        #expect(try await repository.deployments(other) == [])
        #expect(try await repository.deployments(intent).count == 1)
        #expect(try await store.ask("log", "-1", "--format=%(trailers:key=Intent-Id,valueonly)", "main") == intent.description)
    }

    @Test("files that are not the planned ones are refused")
    func otherFiles() async throws {
        let store = try TestRepository()
        var request = request(store.intent(), "default/core5g/amf", to: package("amf"))
        request.files["default/core5g/amf"] = package("amf", replicas: 100)
        let result = await store.open().publish([request])
        guard case .failed(_, mayRetry: false) = result[0] else { return #expect(Bool(false), "\(result)") }
    }
}
