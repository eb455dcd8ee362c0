import Foundation
import GitObjects
import HTTPFetch
import Hummingbird
import IntentModel
import PackagePlanning
import Resilience
import ServiceClient
import Synchronization
import TestSupport
import Testing

@testable import ManifestGenerator

/// What of the repository is asked for, and when.
@Suite struct PublishedInventoryTests {
    /// A nephio-bridge with one package, which counts what it is asked.
    private final class Bridge: Sendable {
        struct State {
            var files: [PackageFile]
            var intentId: String? = "0190a1b2-0000-7000-8000-000000000001"
            var asked: [String] = []
        }

        let state: Mutex<State>

        init(_ files: [PackageFile]) { self.state = Mutex(State(files: files)) }

        var asked: [String] { self.state.withLock { $0.asked } }

        func answer(_ path: String, isList: Bool) throws -> Response {
            let (files, intentId) = self.state.withLock { state in
                state.asked.append(path)
                return (state.files, state.intentId)
            }
            let item = InventoryItem(
                instance: "amf", function: "AMF", cluster: "default", namespace: "core5g", path: "default/core5g/amf", revision: "v1",
                commit: String(repeating: "c", count: 40), tree: GitTree.id(of: files), intentId: intentId, updatedAt: "2026-01-01T00:00:00Z", replicas: 1)
            struct Items: Encodable { var items: [InventoryItem] }
            struct Package: Encodable {
                var item: InventoryItem
                var files: [PackageFile]
            }
            let body = isList ? try JSONEncoder().encode(Items(items: [item])) : try JSONEncoder().encode(Package(item: item, files: files))
            return Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        }
    }

    private func withInventory(_ bridge: Bridge, _ body: (PublishedInventory) async throws -> Void) async throws {
        let router = Router()
        router.get("/v1/packages") { request, _ in try bridge.answer("list", isList: true) }
        router.get("/v1/packages/**") { request, _ in try bridge.answer(request.uri.query ?? "package", isList: false) }
        let server = try await LoopbackServer.start(router)
        let fetcher = HTTPFetcher()
        do {
            try await body(PublishedInventory(client: ServiceClient(Upstream("bridge", .init()), base: server.url, token: nil, fetcher: fetcher)))
        } catch {
            fetcher.stop()
            await server.stop()
            throw error
        }
        fetcher.stop()
        await server.stop()
    }

    private let path = "default/core5g/amf"
    private let files = [PackageFile(path: "Kptfile", content: "a"), PackageFile(path: "b.yaml", content: "b")]

    @Test("one planning asks for a package once, the next only whether it is what it was")
    func known() async throws {
        let bridge = Bridge(self.files)
        try await self.withInventory(bridge) { inventory in
            for round in 0..<3 {
                let view = inventory.view()
                let items = try await view.items(function: "AMF", instance: nil, namespace: nil, cluster: nil)
                #expect(items.map(\.path) == [self.path])
                #expect(try await view.files(path: self.path)?.files == self.files)
                #expect(try await view.lastPublished(path: self.path) == nil)
                #expect(try await view.revisions(path: self.path) == ["v1"])
                #expect(bridge.asked.count == 2 + round)
            }
            #expect(bridge.asked == ["list", "package", "list", "list"])
        }
    }

    @Test("what was rendered is known when it is published, and only then")
    func rendered() async throws {
        let bridge = Bridge(self.files)
        try await self.withInventory(bridge) { inventory in
            let next = [PackageFile(path: "z.yaml", content: "z"), PackageFile(path: "a.yaml", content: "a")]
            let change = PackageChange(
                instance: "amf", path: self.path, function: "AMF", cluster: "default", namespace: "core5g", change: .update,
                base: GitTree.id(of: self.files), result: GitTree.id(of: next))
            inventory.remember(Plan(packages: [change]), [self.path: next])
            let before = inventory.view()
            _ = try await before.items(function: nil, instance: nil, namespace: nil, cluster: nil)
            #expect(try await before.files(path: self.path)?.files == self.files)
            bridge.state.withLock { $0.files = next }
            let after = inventory.view()
            _ = try await after.items(function: nil, instance: nil, namespace: nil, cluster: nil)
            // In the order in which they are published.
            #expect(try await after.files(path: self.path)?.files == next.reversed())
            // What one planning has seen stays what it was.
            #expect(try await before.files(path: self.path)?.files == self.files)
            #expect(bridge.asked == ["list", "package", "list"])
        }
    }

    @Test("a person's commit on top is told apart by what was published last")
    func edited() async throws {
        let bridge = Bridge(self.files)
        bridge.state.withLock { $0.intentId = nil }
        try await self.withInventory(bridge) { inventory in
            let last = try await inventory.view().lastPublished(path: self.path)
            #expect(last?.files == self.files)
            #expect(bridge.asked == ["package", "revision=v1"])
        }
    }

    @Test("what plans ask at the same time is asked together, each gets its own answer, and what is left open is asked by itself")
    func together() async throws {
        let counts = Mutex((requests: 0, alone: 0))
        let router = Router()
        router.get("/v1/inventory") { request, _ in
            counts.withLock { $0.requests += 1 }
            // So that others come meanwhile.
            try await Task.sleep(for: .milliseconds(20))
            let query = request.uri.queryParameters
            let packages = query[values: "package"].map { path in
                path == "default/n/open" ? "null" : path.hasSuffix("0") ? "{}" : "{\"item\":\(Self.item(String(path)))}"
            }
            let lists = query[values: "list"].map { list in
                list.split(separator: "\u{1f}", omittingEmptySubsequences: false).map(String.init) == ["NRF", "", "n", "default"] ? "[]" : "null"
            }
            return Self.json("{\"lists\":[\(lists.joined(separator: ","))],\"packages\":[\(packages.joined(separator: ","))]}")
        }
        router.get("/v1/packages") { _, _ in
            counts.withLock { $0.alone += 1 }
            return Self.json("{\"items\":[\(Self.item("default/n/listed"))]}")
        }
        router.get("/v1/packages/**") { request, _ in
            counts.withLock { $0.alone += 1 }
            return Self.json("{\"item\":\(Self.item(String(request.uri.path.dropFirst("/v1/packages/".count)))),\"files\":[]}")
        }
        let server = try await LoopbackServer.start(router)
        let fetcher = HTTPFetcher()
        let inventory = PublishedInventory(client: ServiceClient(Upstream("bridge", .init()), base: server.url, token: nil, fetcher: fetcher))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let view = inventory.view()
                    let revisions = try await view.revisions(path: "default/n/p\(number % 20)")
                    #expect(revisions == (number % 10 == 0 ? [] : ["v1"]))
                    #expect(try await view.items(function: "NRF", instance: nil, namespace: "n", cluster: "default").isEmpty)
                }
            }
            try await group.waitForAll()
        }
        let (requests, alone) = counts.withLock { $0 }
        #expect(requests <= 12 && alone == 0, "\(requests) requests")
        let view = inventory.view()
        #expect(try await view.revisions(path: "default/n/open") == ["v1"])
        #expect(try await view.items(function: "UPF", instance: nil, namespace: nil, cluster: nil).map(\.path) == ["default/n/listed"])
        #expect(counts.withLock { $0.alone } == 2)
        fetcher.stop()
        await server.stop()
    }

    private static func json(_ text: String) -> Response {
        Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private static func item(_ path: String) -> String {
        """
        {"instance":"x","function":"AMF","cluster":"default","namespace":"n","path":"\(path)","revision":"v1","commit":"c","tree":"t",\
        "updatedAt":"2026-01-01T00:00:00Z","observed":"notObserved"}
        """
    }
}
