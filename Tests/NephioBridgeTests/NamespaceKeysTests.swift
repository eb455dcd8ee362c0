import Foundation
import Glibc
import IntentModel
import Kubernetes
import TestSupport
import Testing

@testable import NephioBridge

@Suite struct NamespaceKeysTests {
    @Test("a key is the file of its namespace's name, as it is now; what is no key is none, and no name leads elsewhere")
    func keys() async throws {
        let directory = try TemporaryDirectory()
        let inside = directory.file("keys")
        try FileManager.default.createDirectory(atPath: inside + "/folder", withIntermediateDirectories: true)
        func write(_ name: String, _ text: String) throws { try text.write(toFile: inside + "/" + name, atomically: true, encoding: .utf8) }
        try write("north", "nph_one\n")
        try write("empty", "\n")
        try write("words", "two words\n")
        try write("long", String(repeating: "k", count: 5_000))
        try write("north.yaml", "nph_other")
        try "nph_outside".write(toFile: directory.file("outside"), atomically: true, encoding: .utf8)
        // Nobody writes to it: reading it must not wait.
        #expect(mkfifo(inside + "/pipe", 0o600) == 0)
        let keys = NamespaceKeys(directory: inside)
        #expect(try await keys.key(of: "north") == "nph_one")
        try write("north", "nph_two\n")
        #expect(try await keys.key(of: "north") == "nph_two")
        for name in ["south", "empty", "words", "long", "folder", "pipe", "../outside", ".", "", "north.yaml", "North"] {
            let refusal = await #expect(throws: NotLetIn.self, "\(name)") { _ = try await keys.key(of: name) }
            #expect(refusal?.reason == "NamespaceNotMapped")
        }
    }

    @Test("an intent stays its first object's, whatever another one's status says")
    func owners() throws {
        let owners = IntentOwners()
        let id = IntentID(partition: 0, milliseconds: 1)
        let (own, other) = (ObjectKey(namespace: "north", name: "amf"), ObjectKey(namespace: "south", name: "thief"))
        owners.follow([id], own)
        owners.follow([id], other)
        #expect(owners[id] == own)
        owners.follow([], other)
        owners.forget(other)
        #expect(owners[id] == own)
        owners.forget(own)
        #expect(owners[id] == nil)
    }
}
