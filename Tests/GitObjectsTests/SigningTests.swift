import Foundation
import Subprocess
import Testing

@testable import GitObjects

/// Judged by OpenSSH itself.
@Suite struct SigningTests {
    final class Scratch {
        let directory = FileManager.default.temporaryDirectory.appending(path: "signing-\(UUID().uuidString)")
        init() throws { try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(at: self.directory) }
        func file(_ name: String) -> String { self.directory.appending(path: name).path }
        func text(_ name: String) throws -> String { try String(contentsOfFile: self.file(name), encoding: .utf8) }
    }

    private func keygen(_ arguments: [String], input: String = "") async throws -> Bool {
        let result = try await Subprocess.run(
            .name("ssh-keygen"), arguments: Arguments(arguments), input: .string(input), output: .discarded, error: .discarded)
        return result.terminationStatus.isSuccess
    }

    @Test("OpenSSH accepts the signature, of this message alone")
    func verified() async throws {
        let scratch = try Scratch()
        #expect(try await self.keygen(["-q", "-t", "ed25519", "-N", "", "-C", "robot", "-f", scratch.file("key")]))
        let key = try SSHSigningKey(openSSH: scratch.text("key"))
        let message = "tree 0\n\nDeploy amf in core5g (v1)\n"
        try key.signature(of: Array(message.utf8)).write(toFile: scratch.file("signature"), atomically: true, encoding: .utf8)
        try "robot \(scratch.text("key.pub"))".write(toFile: scratch.file("allowed"), atomically: true, encoding: .utf8)
        let verify = ["-Y", "verify", "-f", scratch.file("allowed"), "-I", "robot", "-n", "git", "-s", scratch.file("signature")]
        #expect(try await self.keygen(verify, input: message))
        #expect(try await !self.keygen(verify, input: message + "x"))
    }

    @Test("a key that cannot sign without a person is refused with its reason")
    func refused() async throws {
        let scratch = try Scratch()
        #expect(try await self.keygen(["-q", "-t", "ed25519", "-N", "secret", "-f", scratch.file("locked")]))
        #expect(try await self.keygen(["-q", "-t", "ecdsa", "-N", "", "-f", scratch.file("other")]))
        #expect(throws: SSHSigningKey.ReadError.encrypted) { try SSHSigningKey(openSSH: scratch.text("locked")) }
        #expect(throws: SSHSigningKey.ReadError.otherKind("ecdsa-sha2-nistp256")) { try SSHSigningKey(openSSH: scratch.text("other")) }
        #expect(throws: SSHSigningKey.ReadError.notAKey) { try SSHSigningKey(openSSH: scratch.text("other.pub")) }
        #expect(throws: SSHSigningKey.ReadError.notAKey) { try SSHSigningKey(openSSH: String(scratch.text("locked").prefix(120))) }
    }
}
