import AccessControl
import Foundation
import TestSupport
import Testing

@testable import Nephoran

@Suite struct SecretRotationTests {
    private let directory: TemporaryDirectory
    private let old = Dictionary(uniqueKeysWithValues: ["token", "pepper", "callback-secret", "service-secret"].map { ($0, Secret.random()) })

    init() throws {
        self.directory = try TemporaryDirectory()
        for (name, secret) in self.old { try Data("\(secret)\n".utf8).write(to: URL(filePath: self.directory.file(name))) }
        for name in self.old.keys { chmod(self.directory.file(name), 0o640) }
        try Data("keys: []\n".utf8).write(to: URL(filePath: self.directory.file("keys.yaml")))
    }

    private func words(_ name: String) throws -> [String] {
        try String(contentsOfFile: self.directory.file(name), encoding: .utf8).split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private var rotation: SecretRotation { SecretRotation(directory: self.directory.path, environment: [:]) }

    @Test("what services show each other is believed by all before one shows it; then new and old are good until the end")
    func whole() async throws {
        try await self.rotation.begin {
            for name in ["token", "service-secret"] {
                let words = try self.words(name)
                #expect(words.count == 2 && words[0] == self.old[name], "\(name): the old one is still shown")
            }
            for name in ["pepper", "callback-secret"] { #expect(try self.words(name).last == self.old[name]) }
        }
        var new: [String: String] = [:]
        for (name, old) in self.old {
            let words = try self.words(name)
            #expect(words.count == 2 && words[0] != old && words[1] == old && words[0].count == 64, "\(name)")
            new[name] = words[0]
            // As it was: services may read it as somebody else.
            let mode = try FileManager.default.attributesOfItem(atPath: self.directory.file(name))[.posixPermissions] as? Int
            #expect(mode == 0o640, "\(name)")
        }
        // One at a time.
        await #expect(throws: CommandFailure.self) { try await self.rotation.begin {} }
        #expect(Set(try self.rotation.finish()) == Set(self.old.keys))
        for name in self.old.keys { #expect(try self.words(name) == [new[name] ?? ""]) }
        #expect(throws: CommandFailure.self) { try self.rotation.finish() }
    }

    @Test("the pepper of keys that are still in use stays, and is dropped once they have another secret")
    func keys() async throws {
        let store = KeyStore(path: self.directory.file("keys.yaml"))
        let pepper = try Pepper(try #require(self.old["pepper"]))
        try store.change { file throws(AccessFault) in
            try file.create(APIKey(name: "nora", roles: ["viewer"], hash: KeyHash(of: "k", pepper: pepper), created: 1_000))
        }
        try await self.rotation.begin {}
        #expect(throws: SecretRotation.Waiting(keys: ["nora"])) { try self.rotation.finish() }
        #expect(try self.words("pepper").count == 2 && self.words("token").count == 1)
        let both = try Pepper(try self.words("pepper").joined(separator: " "))
        let later = Int64(Date.now.timeIntervalSince1970 * 1_000) + 60_000
        try store.change { file throws(AccessFault) in try file.rotate("nora", to: KeyHash(of: "n", pepper: both), overlap: 0, now: later) }
        #expect(try self.rotation.finish() == ["pepper"])
        #expect(try self.words("pepper").count == 1)
    }

    @Test("a directory without secrets, and a secret that cannot be read, are said and change nothing")
    func nothing() async throws {
        let empty = try TemporaryDirectory()
        await #expect(throws: CommandFailure.self) { try await SecretRotation(directory: empty.path, environment: [:]).begin {} }
        for text in ["short", "a phrase of more than thirty-two characters"] {
            try Data(text.utf8).write(to: URL(filePath: self.directory.file("token")))
            await #expect(throws: CommandFailure.self) { try await self.rotation.begin {} }
        }
        try Data().write(to: URL(filePath: self.directory.file("token")))
        await #expect(throws: CommandFailure.self) { try await self.rotation.begin {} }
        #expect(try self.words("pepper") == [self.old["pepper"]])
    }

    @Test("what is not replaced here is said, with what has to be done")
    func others() {
        let running = [
            "LLM_API_KEY_FILE": "/run/secrets/llm", "O2_TOKEN": "t", "REDIS_URL": "redis://:p@host", "CACHE_REDIS_URL": "redis://host", "AUTH_TOKEN": "k",
            "TLS_KEY_FILE": "/tls/key", "GIT_TOKEN": "",
        ]
        let lines = OtherSecrets([["PATH": "/bin"], running], people: ["nora", "ada"]).lines
        #expect(lines.map { $0.prefix { $0 != ":" } } == ["AUTH_TOKEN", "LLM_API_KEY", "O2_TOKEN", "REDIS_URL", "TLS_KEY_FILE", "keys of people and programs"])
        #expect(lines[1].contains("/run/secrets/llm") && lines[2].contains("restart") && lines[5].hasSuffix("ada, nora"))
        #expect(lines[3].contains(" REDIS_PASSWORD_FILE "))
        #expect(OtherSecrets([["REDIS_PASSWORD_FILE": "/run/redis"]], people: []).lines.first?.contains("then in /run/redis; read again") == true)
        #expect(OtherSecrets([[:]], people: []).lines.isEmpty)
    }
}
