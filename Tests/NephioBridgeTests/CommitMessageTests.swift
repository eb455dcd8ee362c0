import Foundation
import GitObjects
import IntentModel
import TestSupport
import Testing

@testable import NephioBridge

/// What a commit says of where it comes from, read by git.
@Suite struct CommitMessageTests {
    private let path = "default/core5g/amf"

    @Test("intent, plan and requester are trailers")
    func trailers() async throws {
        let store = try TestRepository()
        let intent = store.intent()
        var request = request(intent, self.path, to: package("amf"))
        request.planHash = "sha256:00ff"
        request.requester = Requester(name: "Grace <x> Hopper", tenant: "north")
        #expect(await store.open().publish([request])[0].packages?.count == 1)
        let said = try await store.ask("log", "-1", "--format=%(trailers:only,unfold)", "main").split(separator: "\n").map(String.init)
        #expect(said.first == "Intent-Id: \(intent)")
        #expect(said.suffix(2) == ["Plan-Hash: sha256:00ff", "Co-authored-by: Grace x Hopper <Grace-x-Hopper@north.invalid>"])
        #expect(!said.contains { $0.hasPrefix("Nephoran-Reverts") })
    }

    @Test("a commit that undoes says so, and of which intent")
    func reversal() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let intent = store.intent()
        let files = package("amf")
        _ = await repository.publish([request(intent, self.path, to: files)])
        var undone = request(intent, self.path, from: files, to: nil, verb: .rollback)
        undone.isReversal = true
        undone.colour = "green"
        undone.requester = Requester(name: "ops@example.org", tenant: "north")
        #expect(await repository.publish([undone])[0].packages?.first?.revision == "v2")
        let said = try await store.ask("log", "-1", "--format=%(trailers:only,unfold)", "main").split(separator: "\n").map(String.init)
        #expect(said.contains("Intent-Id: \(intent)") && said.contains("Nephoran-Reverts: \(intent)"))
        #expect(said.contains("Nephoran-Colour: green"))
        #expect(said.last == "Co-authored-by: ops@example.org <ops@example.org>")
        // A process that starts later tells the two apart.
        #expect(await store.open().publish([undone])[0].packages?.first?.revision == "v2")
        #expect(try await store.revisions() == 2)
    }

    @Test("every commit is signed, the first one, too, and git accepts the signatures")
    func signed() async throws {
        let store = try TestRepository()
        try await offPool { [root = store.root] in try SSHServer.generateKey(root + "/key") }
        let signers = CommitSigners()
        let signer = try signers.signer(keyFile: store.root + "/key")
        try "nephoran@localhost \(String(contentsOfFile: store.root + "/key.pub", encoding: .utf8))"
            .write(toFile: store.root + "/signers", atomically: true, encoding: .utf8)
        let repository = PackageRepository(target: .directory(store.directory), freshness: .zero, signer: signer)
        _ = await repository.publish([
            request(store.intent(), self.path, to: package("amf")), request(store.intent(), "default/core5g/smf", to: package("smf")),
        ])
        let commits = try await store.ask("rev-list", "main").split(separator: "\n").map(String.init)
        #expect(commits.count == 3)
        for commit in commits {
            let result = try await store.git.run(["verify-commit", commit], settings: ["gpg.ssh.allowedSignersFile": store.root + "/signers"])
            #expect(result.succeeded, "\(result.message)")
        }
        #expect(try await store.ask("fsck", "--full", "--strict") == "")
        #expect(try await store.open().items().count == 2)

        // Another key in the file signs what comes next, and what is no key changes nothing.
        try await offPool { [root = store.root] in try SSHServer.generateKey(root + "/next") }
        try FileManager.default.removeItem(atPath: store.root + "/key")
        try FileManager.default.moveItem(atPath: store.root + "/next", toPath: store.root + "/key")
        try "nephoran@localhost \(String(contentsOfFile: store.root + "/next.pub", encoding: .utf8))"
            .write(toFile: store.root + "/signers", atomically: true, encoding: .utf8)
        for file in signers.files { try file.reload() }
        try "no key".write(toFile: store.root + "/key", atomically: true, encoding: .utf8)
        for file in signers.files { #expect(throws: (any Error).self) { try file.reload() } }
        _ = await repository.publish([request(store.intent(), "default/core5g/nrf", to: package("nrf"))])
        let head = try await store.ask("rev-parse", "main").split(separator: "\n").map(String.init)
        let result = try await store.git.run(["verify-commit", head[0]], settings: ["gpg.ssh.allowedSignersFile": store.root + "/signers"])
        #expect(result.succeeded, "\(result.message)")
        #expect(!commits.contains(head[0]))
    }
}
