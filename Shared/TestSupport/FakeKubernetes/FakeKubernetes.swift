import Foundation
import Hummingbird
package import JSONSchema
import Synchronization

/// An API server over real HTTP, with what clients rely on: versions and optimistic concurrency, lists in pages, watches with bookmarks that may
/// be too old, merge patches, server-side apply with owners of fields and conflicts, status apart, finalizers, logs of pods — and every way to
/// fail that a test wants.
package final class FakeKubernetes: Sendable {
    /// What becomes of a request instead of its answer.
    package enum Fault: Sendable {
        case status(Int, reason: String, retryAfter: Int? = nil)
        /// The connection ends, and nothing was done.
        case dropBefore
        /// … and it was done.
        case dropAfter
    }

    struct State: Sendable {
        var objects = FakeObjects()
        var watchers: [Int: FakeWatcher] = [:]
        var nextWatcher = 0
        var tokens: Set<String>?
        var faults: [@Sendable (_ method: String, _ path: String) -> Fault?] = []
        var requests: [String] = []
        var logs: [String: [String]] = [:]
        var porch: FakePorch?
        var committing: FakePorch.Committing?
    }

    let kinds: [FakeKind]
    let state = Mutex(State())
    private let server = Mutex<LoopbackServer?>(nil)

    package static func start(kinds: [FakeKind] = FakeKind.builtIn) async throws -> FakeKubernetes {
        let fake = FakeKubernetes(kinds: kinds + FakePorch.kinds)
        let server = try await LoopbackServer.start(fake.router())
        fake.server.withLock { $0 = server }
        return fake
    }

    private init(kinds: [FakeKind]) { self.kinds = kinds }

    // MARK: What tests see and set

    package var url: String { self.server.withLock { $0?.url ?? "" } }
    /// Closes the port and every connection; the objects stay.
    package func stop() async { await self.server.withLock { $0 }?.stop() }
    package func restart() async throws { try await self.server.withLock { $0 }?.restart() }

    /// `METHOD path status`, in the order of the answers.
    package var requests: [String] { self.state.withLock { $0.requests } }
    package var watchCount: Int { self.state.withLock { $0.watchers.count } }
    /// Only these; nil lets everybody in.
    package func accept(tokens: Set<String>?) { self.state.withLock { $0.tokens = tokens } }

    /// Asked about every request before it is answered; the first that says something decides.
    package func inject(_ fault: @escaping @Sendable (_ method: String, _ path: String) -> Fault?) { self.state.withLock { $0.faults.append(fault) } }
    package func endFaults() { self.state.withLock { $0.faults = [] } }

    /// Breaks every watch off in the middle.
    package func dropWatches() {
        let watchers = self.state.withLock { state in
            defer { state.watchers = [:] }
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.continuation.finish(throwing: FakeWatcher.Dropped()) }
    }

    /// Forgets what happened: watches and pages from before are too old.
    package func compact() { self.state.withLock { $0.objects.compact() } }

    /// Tells all watches that want to know how far things have come.
    package func sendBookmarks() {
        self.state.withLock { state in
            for watcher in state.watchers.values where watcher.allowsBookmarks { watcher.sendBookmark(state.objects.version) }
        }
    }

    package func setLog(namespace: String, pod: String, container: String, previous: Bool = false, _ lines: [String]) {
        self.state.withLock { $0.logs["\(namespace)/\(pod)/\(container)/\(previous)"] = lines }
    }

    /// From now on it serves `porch.kpt.dev`, too.
    ///
    /// - Parameters:
    ///   - version: of PackageRevisions: `v1alpha1` or `v1alpha2`.
    ///   - committing: what Porch does to its repository.
    package func servePorch(version: String, repositories: Set<String>, committing: @escaping FakePorch.Committing) {
        self.state.withLock { state in
            state.porch = FakePorch(repositories: repositories, version: version)
            state.committing = committing
        }
    }

    /// - Parameter renderError: what a function of the pipeline says of a file.
    package func setRenderError(_ renderError: (@Sendable (String) -> String?)?) { self.state.withLock { $0.porch?.renderError = renderError } }

    package func object(_ plural: String, _ namespace: String?, _ name: String) -> JSONValue? {
        guard let kind = self.kinds.first(where: { $0.plural == plural }) else { return nil }
        return self.state.withLock { $0.objects.objects[.init(kind: kind, namespace: namespace ?? "", name: name)]?.object }
    }

    package func objects(_ plural: String) -> [JSONValue] {
        self.state.withLock { $0.objects.objects.filter { $0.key.kind.plural == plural }.sorted { $0.key < $1.key }.map(\.value.object) }
    }

    package struct Refused: Error, CustomStringConvertible { package let description: String }

    /// What another client would do.
    @discardableResult
    package func create(_ plural: String, _ object: JSONValue) throws -> JSONValue {
        try self.act(plural) { state, kind throws(FakeStatus) in
            try state.objects.create(
                kind, namespace: object["metadata"]?["namespace"]?.string, object, by: .init(name: "test", operation: "Update", subresource: nil))
        }
    }

    @discardableResult
    package func merge(_ plural: String, _ namespace: String?, _ name: String, _ patch: JSONValue, subresource: String? = nil) throws -> JSONValue {
        try self.act(plural) { state, kind throws(FakeStatus) in
            try state.objects.merge(
                .init(kind: kind, namespace: namespace ?? "", name: name), patch, subresource: subresource,
                by: .init(name: "test", operation: "Update", subresource: subresource))
        }
    }

    package func delete(_ plural: String, _ namespace: String?, _ name: String) throws {
        try self.act(plural) { state, kind throws(FakeStatus) in
            try state.objects.delete(.init(kind: kind, namespace: namespace ?? "", name: name), options: .object([:]))
        }
    }

    @discardableResult
    private func act(_ plural: String, _ change: (inout State, FakeKind) throws(FakeStatus) -> JSONValue) throws -> JSONValue {
        guard let kind = self.kinds.first(where: { $0.plural == plural }) else { throw Refused(description: "no kind \(plural)") }
        do {
            return try self.state.withLock { state in
                defer { Self.publish(&state) }
                return try change(&state, kind)
            }
        } catch let status as FakeStatus {
            throw Refused(description: status.message)
        }
    }

    /// Hands new events to the watchers. With the lock, so that they come in their order.
    static func publish(_ state: inout State) {
        for (number, watcher) in state.watchers {
            for event in state.objects.events.reversed().prefix(while: { $0.version > watcher.sent }).reversed() { watcher.offer(event) }
            state.watchers[number]?.sent = state.objects.version
        }
    }
}
