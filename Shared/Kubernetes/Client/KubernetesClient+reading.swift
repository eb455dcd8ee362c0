import JSONSchema

/// One page of a list.
package struct ObjectPage: Sendable {
    package var items: [KubernetesObject]
    /// Of the whole list: where a watch goes on.
    package var resourceVersion: String
    /// Asks for the next page; nil on the last.
    package var next: String?
}

/// Which objects of a kind are meant.
package struct ObjectSelection: Sendable, Hashable {
    package var kind: ResourceKind
    /// Nil for all namespaces.
    package var namespace: String?
    /// `app.kubernetes.io/managed-by=nephoran`.
    package var labels: String?
    /// `metadata.name=amf`.
    package var fields: String?

    package init(_ kind: ResourceKind, namespace: String? = nil, labels: String? = nil, fields: String? = nil) {
        self.kind = kind
        self.namespace = namespace
        self.labels = labels
        self.fields = fields
    }

    var query: [(String, String)] {
        (self.labels.map { [("labelSelector", $0)] } ?? []) + (self.fields.map { [("fieldSelector", $0)] } ?? [])
    }
}

extension KubernetesClient {
    /// Nil when there is none.
    package func get(_ kind: ResourceKind, _ key: ObjectKey) async throws(KubernetesError) -> KubernetesObject? {
        do throws(KubernetesError) {
            return try Self.object(try await self.call("GET", kind.path(namespace: key.namespace, name: key.name), mayRepeat: true))
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    /// - Parameters:
    ///   - limit: objects of a page.
    ///   - next: of the page before. A server that no longer keeps the list answers 410: ask for the first page again.
    package func page(_ selection: ObjectSelection, limit: Int = 500, next: String? = nil) async throws(KubernetesError) -> ObjectPage {
        var query = selection.query + [("limit", "\(limit)")]
        if let next { query.append(("continue", next)) }
        let response = try await self.call("GET", selection.kind.path(namespace: selection.namespace), query: query, mayRepeat: true)
        let list = try Self.value(response)
        guard let metadata = list["metadata"], let version = metadata["resourceVersion"]?.string else { throw .nonsense("a list without a version") }
        let items = (list["items"]?.array ?? []).map { item in
            var object = KubernetesObject(item)
            // Items of a list do not say what they are.
            if object["kind"] == nil {
                object["apiVersion"] = .string(selection.kind.apiVersion)
                object["kind"] = .string(selection.kind.kind)
            }
            return object
        }
        return ObjectPage(items: items, resourceVersion: version, next: metadata["continue"]?.string.flatMap { $0.isEmpty ? nil : $0 })
    }

    /// All of them, page by page; for what is known to be few.
    package func list(_ selection: ObjectSelection, limit: Int = 500) async throws(KubernetesError) -> [KubernetesObject] {
        var objects: [KubernetesObject] = []
        var next: String?
        repeat {
            let page = try await self.page(selection, limit: limit, next: next)
            objects += page.items
            next = page.next
        } while next != nil
        return objects
    }

    /// The last lines of a container's log.
    ///
    /// - Parameter previous: of the container that ran before the present one.
    package func log(of pod: ObjectKey, container: String, lines: Int, previous: Bool) async throws(KubernetesError) -> [String] {
        let query = [("container", container), ("tailLines", "\(lines)"), ("limitBytes", "16384"), ("previous", previous ? "true" : "false")]
        let path = ResourceKind.pod.path(namespace: pod.namespace, name: pod.name, subresource: "log")
        let response = try await self.call("GET", path, query: query, mayRepeat: true)
        return String(decoding: response.body, as: UTF8.self).split(separator: "\n").suffix(lines).map(String.init)
    }

    /// Whether the server answers, and as which version.
    package func version() async throws(KubernetesError) -> String {
        let value = try Self.value(try await self.call("GET", "/version", mayRepeat: true, timeout: .seconds(3)))
        return value["gitVersion"]?.string ?? "unknown"
    }
}
