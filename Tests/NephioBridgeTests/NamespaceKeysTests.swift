import Foundation
import Glibc
import HTTPFetch
import Hummingbird
import IntentModel
import Kubernetes
import Resilience
import ServiceClient
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
        try write("north-", "nph_other")
        try "nph_outside".write(toFile: directory.file("outside"), atomically: true, encoding: .utf8)
        // Nobody writes to it: reading it must not wait.
        #expect(mkfifo(inside + "/pipe", 0o600) == 0)
        let keys = NamespaceKeys(directory: inside)
        #expect(try await keys.key(of: "north") == "nph_one")
        try write("north", "nph_two\n")
        #expect(try await keys.key(of: "north") == "nph_two")
        for name in ["south", "north-", "empty", "words", "long", "folder", "pipe", "../outside", ".", "", "north.yaml", "North"] {
            let refusal = await #expect(throws: NotLetIn.self, "\(name)") { _ = try await keys.key(of: name) }
            #expect(refusal?.reason == "NamespaceNotMapped")
        }
    }

    @Test("a tenant that has submitted as much as it may keeps no other namespace from submitting")
    func limits() async throws {
        let directory = try TemporaryDirectory()
        for name in ["north", "south"] { try "nph_\(name)".write(toFile: directory.file(name), atomically: true, encoding: .utf8) }
        let id = IntentID(partition: 1, milliseconds: 7)
        let router = Router(context: BasicRequestContext.self)
        router.post("/v1/intents") { request, _ in
            // Until midnight, as a tenant is told that has used its day up.
            if request.headers[.authorization] == "Bearer nph_north" { return Response(status: .tooManyRequests, headers: [.retryAfter: "40000"]) }
            return Response(status: .accepted, body: .init(byteBuffer: ByteBuffer(string: "{\"id\":\"\(id)\"}")))
        }
        let server = try await LoopbackServer.start(router)
        let fetcher = HTTPFetcher()
        let gateways = NamespaceGateways(
            installation: ServiceClient(Upstream("api-gateway"), base: server.url, token: nil, fetcher: fetcher),
            keys: NamespaceKeys(directory: directory.path),
            base: server.url, fetcher: fetcher)
        guard case .unavailable(_, retryAfter: let pause?) = try await gateways.gateway(of: "north").submit([], key: "a"), pause > .seconds(1_000) else {
            return #expect(Bool(false), "the day is not used up")
        }
        guard case .accepted(id) = try await gateways.gateway(of: "south").submit([], key: "b") else { return #expect(Bool(false), "kept from submitting") }
        fetcher.stop()
        await server.stop()
    }
}
