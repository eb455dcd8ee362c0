import HTTPFetch
package import Logging

/// Follows the objects of a selection: all of them first, then every change, for ever.
///
/// A watch that ends or breaks goes on where it was; one that can no longer go on there (`410 Gone`) begins with all of them again. What
/// has come is handed on before the next is read, so that memory is bounded by a page, or a line, of the server's answers.
package struct ObjectWatch: Sendable {
    package enum Notice: Sendable {
        /// A list begins: what its pages do not hold is gone.
        case began
        case page([KubernetesObject])
        /// The last page was handed on.
        case synced
        case changed(KubernetesObject)
        case deleted(KubernetesObject)
    }

    package let client: KubernetesClient
    package let selection: ObjectSelection
    /// After this the server ends a watch, and a connection that is dead without a sign is given up some seconds later.
    package var watchFor: Duration = .seconds(240)
    package var pageLimit = 500
    let logger: Logger

    package init(_ client: KubernetesClient, _ selection: ObjectSelection, logger: Logger = Logger(label: "kubernetes-watch")) {
        self.client = client
        self.selection = selection
        self.logger = logger
    }

    /// Returns when the task is cancelled.
    package func follow(_ notice: (Notice) async -> Void) async {
        var cursor = WatchCursor()
        while !Task.isCancelled {
            var pause = Duration.zero
            do throws(KubernetesError) {
                switch cursor.demand {
                case .list(let next):
                    let page = try await self.client.page(self.selection, limit: self.pageLimit, next: next)
                    if next == nil { await notice(.began) }
                    await notice(.page(page.items))
                    if cursor.listed(page.resourceVersion, next: page.next) { await notice(.synced) }
                case .watch(let version):
                    let start = ContinuousClock.now
                    let progressed = try await self.watch(from: version, &cursor, notice)
                    pause = cursor.ended(progressed: progressed, lasted: .now - start)
                }
            } catch {
                if error == .cancelled || Task.isCancelled { return }
                pause = cursor.failed(error)
                // A kind that is not installed may be, later.
                let level: Logger.Level = error.isGone || error.isNotFound || cursor.failures < 3 ? .info : .warning
                self.logger.log(
                    level: level, "watch broken off",
                    metadata: ["kind": "\(self.selection.kind.plural)", "error": "\(error)", "failures": "\(cursor.failures)", "pause": "\(pause)"])
            }
            if pause > .zero { try? await Task.sleep(for: pause) }
        }
    }

    /// Returns when the server ended it: whether it had brought anything.
    private func watch(from version: String, _ cursor: inout WatchCursor, _ notice: (Notice) async -> Void) async throws(KubernetesError) -> Bool {
        let query =
            self.selection.query + [
                ("watch", "true"), ("allowWatchBookmarks", "true"), ("resourceVersion", version), ("timeoutSeconds", "\(self.watchFor.components.seconds)"),
            ]
        let path = self.selection.kind.path(namespace: self.selection.namespace)
        let stream = try await self.client.stream(path, query: query, timeout: self.watchFor + .seconds(10))
        guard stream.status == 200 else { throw await Self.failure(of: stream, self.client) }
        var lines = WatchLines()
        var progressed = false
        var chunks = stream.makeAsyncIterator()
        while true {
            let chunk: [UInt8]?
            do { chunk = try await chunks.next() } catch { throw KubernetesError(error) }
            guard let chunk else { return progressed }
            let complete: [[UInt8]]
            do throws(WatchLines.TooLong) { complete = try lines.append(chunk) } catch { throw .nonsense("an event of more than \(error.limit) bytes") }
            for line in complete {
                let event = try WatchEvent(line)
                progressed = true
                switch event {
                case .changed(let object):
                    await notice(.changed(object))
                    if let version = object.resourceVersion { cursor.reached(version) }
                case .deleted(let object):
                    await notice(.deleted(object))
                    if let version = object.resourceVersion { cursor.reached(version) }
                case .bookmark(let version): cursor.reached(version)
                case .failed(let error): throw error
                }
            }
        }
    }

    private static func failure(of stream: FetchStream, _ client: KubernetesClient) async -> KubernetesError {
        var body: [UInt8] = []
        do {
            for try await chunk in stream {
                body += chunk
                if body.count > 64 << 10 { break }
            }
        } catch {}
        if stream.status == 401 { _ = await client.access.credential.renew() }
        return KubernetesError(.init(status: stream.status, headers: stream.headers, body: body))
    }
}
