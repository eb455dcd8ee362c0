import AccessControl
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Nephoran
import IntentModel

@Suite struct KeyStoreTests {
    private let directory: TemporaryDirectory
    private let store: KeyStore
    private let pepper: Pepper

    init() throws {
        self.directory = try TemporaryDirectory()
        self.store = KeyStore(path: self.directory.file("keys.yaml"))
        self.pepper = try Pepper(String(repeating: "p", count: 32))
    }

    private func create(_ name: String, _ secret: String) throws {
        try self.store.change { file throws(AccessFault) in
            try file.create(APIKey(name: name, roles: ["viewer"], hash: KeyHash(of: secret, pepper: self.pepper)))
        }
    }

    private func find(_ secret: String) throws -> KeyRing.Found {
        try KeyRing(self.store.read().keys, policy: AccessPolicy.shipped(), pepper: self.pepper).find(secret, now: Timestamp.now())
    }

    @Test("a key is made, rotated with an overlap and revoked; the file is its owner's alone and holds no key")
    func life() throws {
        #expect(try self.store.read().keys.isEmpty)
        try self.create("nora", "one-secret")
        let nora = Principal(name: "nora", tenant: "default", scopes: [.intentsRead])
        #expect(try self.find("one-secret") == .somebody(nora))
        let attributes = try FileManager.default.attributesOfItem(atPath: self.store.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try !String(contentsOfFile: self.store.path, encoding: .utf8).contains("one-secret"))
        try self.store.change { file throws(AccessFault) in
            try file.rotate("nora", to: KeyHash(of: "two-secret", pepper: self.pepper), overlap: 60_000, now: Timestamp.now())
        }
        for secret in ["one-secret", "two-secret"] { #expect(try self.find(secret) == .somebody(nora)) }
        try self.store.change { file throws(AccessFault) in try file.revoke("nora") }
        for secret in ["one-secret", "two-secret"] { #expect(try self.find(secret) == .nobody) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: self.directory.path).sorted() == ["keys.yaml", "keys.yaml.lock"])
    }

    @Test("a key is made with roles that there are, those of the named policy too, and for a time that is one")
    func roles() throws {
        try Data("roles: {noc: [\"intents:read\"]}".utf8).write(to: URL(filePath: self.directory.file("policy.yaml")))
        func check(_ role: String, _ environment: [String: String] = [:]) throws { try KeyCreateCommand.parse(["x", "--role", role]).checkRoles(environment) }
        try check("operator")
        #expect(throws: CommandFailure.self) { try check("operater") }
        #expect(throws: CommandFailure.self) { try check("noc") }
        try check("noc", ["POLICY_FILE": self.directory.file("policy.yaml")])
        #expect(throws: CommandFailure.self) { try check("noc", ["POLICY_FILE": self.directory.file("nowhere")]) }
        #expect(throws: (any Error).self) { try KeyCreateCommand.parse(["x", "--role", "viewer", "--expires", "0d"]) }
    }

    @Test("what cannot be done changes nothing and says why")
    func refusals() throws {
        try self.create("nora", "one")
        let before = try String(contentsOfFile: self.store.path, encoding: .utf8)
        #expect(throws: CommandFailure(.refused, "there is a key nora already")) { try self.create("nora", "two") }
        #expect(throws: CommandFailure(.refused, "there is no key otto")) { try self.store.change { file throws(AccessFault) in try file.revoke("otto") } }
        #expect(try String(contentsOfFile: self.store.path, encoding: .utf8) == before)
        try Data("keys: [{name: x}]".utf8).write(to: URL(filePath: self.store.path))
        #expect(throws: CommandFailure.self) { try self.create("otto", "three") }
        #expect(try String(contentsOfFile: self.store.path, encoding: .utf8) == "keys: [{name: x}]")
    }

    @Test("one changes the file at a time")
    func locked() throws {
        try self.create("nora", "one")
        let lock = open(self.store.path + ".lock", O_RDWR)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        #expect(throws: CommandFailure.self) { try self.create("otto", "two") }
    }

    @Test(
        "spans of time are read",
        arguments: [("90d", 7_776_000_000), ("12h", 43_200_000), ("30", 30_000), ("0", 0), ("x", nil), ("-1d", nil), ("", nil)] as [(String, Int64?)])
    func spans(_ text: String, _ milliseconds: Int64?) { #expect(SpanArgument(argument: text)?.milliseconds == milliseconds) }
}
