import Foundation
import GitObjects
import IntentModel
import Testing

@testable import NephioBridge

@Suite(.timeLimit(.minutes(2))) struct AuditAnchorTests {
    private static func anchor(_ sequence: Int, chain: String = "p00") -> AuditAnchor {
        AuditAnchor(
            at: "2026-05-28T20:26:40.120Z",
            heads: [
                .init(chain: chain, sequence: sequence, hash: String(repeating: "ab", count: 32)),
                .init(chain: "access", sequence: 1, hash: String(repeating: "01", count: 32)),
            ])
    }

    @Test("anchors are a history of their own, beside the packages")
    func history() async throws {
        let place = try TestRepository()
        let repository = place.open()
        let first = try await repository.anchor(Self.anchor(7))
        let second = try await repository.anchor(Self.anchor(9))
        #expect(try await place.ask("rev-list", "refs/audit/heads") == "\(second)\n\(first)")
        let lines = try await place.ask("show", "refs/audit/heads:heads.ndjson").split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains("\"access\"") && lines[1].contains("\"sequence\":9"))
        #expect(try await place.ask("log", "-1", "--format=%B", "refs/audit/heads").contains("Audit-Entries: 10"))
        #expect(try await place.revisions() == 0)
        #expect(try await place.ask("fsck", "--full", "--strict").isEmpty)
        await repository.stop()
    }

    @Test("a remote has them, too, and two bridges write one history")
    func remote() async throws {
        let place = try TestRepository()
        await place.open().stop()
        _ = try await place.git.output(["init", "--quiet", "--bare", "--template=", "--initial-branch=main", place.directory])
        let (one, two) = (place.openRemotely("one"), place.openRemotely("two"))
        let first = try await one.anchor(Self.anchor(1))
        let second = try await two.anchor(Self.anchor(2))
        let third = try await one.anchor(Self.anchor(3))
        #expect(try await place.ask("rev-list", "refs/audit/heads") == "\(third)\n\(second)\n\(first)")
        await one.stop()
        await two.stop()
    }

    @Test(
        "what could be more than a head is refused",
        arguments: [
            ("p00\",\"x\":\"", 1, String(repeating: "0", count: 64)), ("p00\n", 1, String(repeating: "0", count: 64)),
            ("p00", 0, String(repeating: "0", count: 64)), ("p00", 1, "zz"),
            ("p00", 1, String(repeating: "a", count: 63)), ("p00", 1, String(repeating: "a", count: 65)), ("p00", 1, String(repeating: "A", count: 64)),
            ("", 1, String(repeating: "0", count: 64)),
        ])
    func faults(_ chain: String, _ sequence: Int, _ hash: String) {
        #expect(AuditAnchor(at: "2026-05-28T20:26:40.120Z", heads: [.init(chain: chain, sequence: sequence, hash: hash)]).fault != nil)
        #expect(AuditAnchor(at: "now\n\nx", heads: [.init(chain: "p00", sequence: 1, hash: String(repeating: "0", count: 64))]).fault != nil)
        #expect(Self.anchor(1).fault == nil)
    }
}
