import Foundation
import JSONSchema

/// What an API server keeps: objects, their versions, a window of what happened, and lists that are being read. A value; its lock is the server's.
struct FakeObjects: Sendable {
    struct Key: Hashable, Comparable, Sendable {
        var kind: FakeKind
        var namespace: String
        var name: String

        static func < (a: Key, b: Key) -> Bool { (a.namespace, a.name) < (b.namespace, b.name) }
    }

    struct Stored: Sendable {
        var object: JSONValue
        var managed = ManagedFields()
    }

    struct Event: Sendable {
        var version: Int
        var type: String
        var kind: FakeKind
        var object: JSONValue
        /// As it was before, to tell a selector whether it has come or gone.
        var old: JSONValue?
    }

    private(set) var objects: [Key: Stored] = [:]
    private(set) var version = 100
    private(set) var events: [Event] = []
    /// Watches from before this version are told that it is too old.
    private(set) var oldest = 100
    /// Rests of lists, by continue token.
    private var lists: [String: (version: Int, rest: [JSONValue])] = [:]
    private var names = 0

    static let window = 10_000

    // MARK: Reading

    func object(_ key: Key) throws(FakeStatus) -> JSONValue {
        guard let stored = self.objects[key] else { throw .notFound(key.kind, key.name) }
        return stored.object
    }

    func all(_ kind: FakeKind, namespace: String?, _ selector: FakeSelector) -> [JSONValue] {
        self.objects.filter { $0.key.kind == kind && (namespace == nil || $0.key.namespace == namespace) && selector.accepts($0.value.object) }
            .sorted { $0.key < $1.key }.map(\.value.object)
    }

    mutating func page(_ kind: FakeKind, namespace: String?, _ selector: FakeSelector, limit: Int?, token: String?) throws(FakeStatus) -> JSONValue {
        let version: Int
        let items: [JSONValue]
        if let token {
            guard let list = self.lists.removeValue(forKey: token) else {
                throw FakeStatus(410, "Expired", "The provided continue parameter is too old to display a consistent list result.")
            }
            (version, items) = (list.version, list.rest)
        } else {
            (version, items) = (self.version, self.all(kind, namespace: namespace, selector))
        }
        var metadata: JSONValue = ["resourceVersion": .string("\(version)")]
        var page = items
        if let limit, limit > 0, items.count > limit {
            page = Array(items[..<limit])
            self.names += 1
            let next = "list-\(self.names)"
            self.lists[next] = (version, Array(items[limit...]))
            metadata["continue"] = .string(next)
            metadata["remainingItemCount"] = .number(Double(items.count - limit))
        }
        // Items of a list do not say what they are.
        let stripped = page.map { item in
            var item = item
            item["kind"] = nil
            item["apiVersion"] = nil
            return item
        }
        return ["apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind + "List"), "metadata": metadata, "items": .array(stripped)]
    }

    mutating func compact() {
        self.oldest = self.version
        self.events = []
        self.lists = [:]
    }

    // MARK: Writing

    mutating func create(_ kind: FakeKind, namespace: String?, _ given: JSONValue, by manager: ManagedFields.Manager) throws(FakeStatus) -> JSONValue {
        var object = try Self.checked(given, kind, namespace: namespace, name: nil)
        if object["metadata"]?["name"]?.string?.isEmpty ?? true {
            guard let prefix = object["metadata"]?["generateName"]?.string else { throw .invalid("name or generateName is required") }
            self.names += 1
            object["metadata"]?["name"] = .string("\(prefix)\(self.names)")
        }
        let name = object["metadata"]?["name"]?.string ?? ""
        let key = Key(kind: kind, namespace: namespace ?? "", name: name)
        guard self.objects[key] == nil else {
            throw FakeStatus(409, "AlreadyExists", "\(kind.plural).\(kind.group) \"\(name)\" already exists")
        }
        guard object["metadata"]?["resourceVersion"] == nil else { throw .badRequest("resourceVersion should not be set on objects to be created") }
        if kind.hasStatus { object["status"] = nil }
        var managed = ManagedFields()
        managed.update(from: nil, to: object, by: manager)
        return self.born(object, key, managed)
    }

    private mutating func born(_ object: JSONValue, _ key: Key, _ managed: ManagedFields) -> JSONValue {
        var object = object
        object["metadata"]?["uid"] = .string(UUID().uuidString.lowercased())
        object["metadata"]?["creationTimestamp"] = .string(Self.now())
        object["metadata"]?["generation"] = 1
        let born = self.store(object, key, managed, type: "ADDED")
        // The garbage collector takes what is born to an owner that is gone.
        let owners = born["metadata"]?["ownerReferences"]?.array ?? []
        let lives = owners.contains { owner in self.objects.values.contains { $0.object["metadata"]?["uid"] == owner["uid"] } }
        if !owners.isEmpty, !lives { _ = try? self.delete(key, options: .object([:])) }
        return born
    }

    /// - Parameter subresource: only this part is written; without one, everything else.
    mutating func update(
        _ key: Key, _ given: JSONValue, subresource: String?, by manager: ManagedFields.Manager
    ) throws(FakeStatus) -> JSONValue {
        guard let stored = self.objects[key] else { throw .notFound(key.kind, key.name) }
        let object = try Self.checked(given, key.kind, namespace: key.namespace.isEmpty ? nil : key.namespace, name: key.name)
        return try self.replace(key, stored, with: object, subresource: subresource, managed: nil, by: manager)
    }

    mutating func merge(_ key: Key, _ patch: JSONValue, subresource: String?, by manager: ManagedFields.Manager) throws(FakeStatus) -> JSONValue {
        guard let stored = self.objects[key] else { throw .notFound(key.kind, key.name) }
        let object = Self.merged(stored.object, patch)
        return try self.replace(key, stored, with: object, subresource: subresource, managed: nil, by: manager)
    }

    mutating func apply(
        _ key: Key, _ given: JSONValue, subresource: String?, by manager: ManagedFields.Manager, force: Bool
    ) throws(FakeStatus) -> (JSONValue, created: Bool) {
        let applied = try Self.checked(given, key.kind, namespace: key.namespace.isEmpty ? nil : key.namespace, name: key.name)
        guard applied["metadata"]?["managedFields"] == nil else { throw .badRequest("metadata.managedFields must be nil") }
        guard let stored = self.objects[key] else {
            guard subresource == nil else { throw .notFound(key.kind, key.name) }
            var managed = ManagedFields()
            var object = try managed.apply(applied, to: nil, by: manager, force: force)
            for member in ["apiVersion", "kind"] { object[member] = applied[member] }
            if object["metadata"] == nil { object["metadata"] = .object([:]) }
            for member in ["name", "namespace"] { object["metadata"]?[member] = applied["metadata"]?[member] }
            if key.kind.hasStatus { object["status"] = nil }
            return (self.born(object, key, managed), true)
        }
        var managed = stored.managed
        let object = try managed.apply(applied, to: stored.object, by: manager, force: force)
        return (try self.replace(key, stored, with: object, subresource: subresource, managed: managed, by: manager, said: applied), false)
    }

    /// - Parameter said: what the caller sent, where `object` was made from it.
    private mutating func replace(
        _ key: Key, _ stored: Stored, with object: JSONValue, subresource: String?, managed: ManagedFields?, by manager: ManagedFields.Manager,
        said: JSONValue? = nil
    ) throws(FakeStatus) -> JSONValue {
        let old = stored.object
        let stated = (said ?? object)["metadata"]
        if let version = stated?["resourceVersion"]?.string, !version.isEmpty, version != old["metadata"]?["resourceVersion"]?.string {
            throw .conflict(key.name)
        }
        if let uid = stated?["uid"]?.string, uid != old["metadata"]?["uid"]?.string { throw .conflict(key.name) }
        var new: JSONValue
        if subresource == "status" {
            new = old
            new["status"] = object["status"]
        } else {
            new = object
            if key.kind.hasStatus { new["status"] = old["status"] }
        }
        // The server's own.
        for member in ["uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion", "managedFields"] {
            new["metadata"]?[member] = old["metadata"]?[member]
        }
        new["metadata"]?["name"] = .string(key.name)
        if old["metadata"]?["deletionTimestamp"] != nil {
            let before = Set(old["metadata"]?["finalizers"]?.array?.map(\.text) ?? [])
            let after = Set(new["metadata"]?["finalizers"]?.array?.map(\.text) ?? [])
            guard after.isSubset(of: before) else { throw .invalid("metadata.finalizers: no new finalizers can be added if the object is being deleted") }
        }
        func content(_ value: JSONValue) -> JSONValue {
            var value = value
            value["metadata"] = nil
            value["status"] = nil
            return value
        }
        if content(new) != content(old) {
            new["metadata"]?["generation"] = .number((old["metadata"]?["generation"]?.number ?? 0) + 1)
        }
        var fields = managed ?? stored.managed
        if managed == nil { fields.update(from: old, to: new, by: manager) }
        // Nothing changed, nothing happens.
        if new == old {
            self.objects[key]?.managed = fields
            return old
        }
        if new["metadata"]?["deletionTimestamp"] != nil, new["metadata"]?["finalizers"]?.array?.isEmpty ?? true {
            return self.remove(key, new)
        }
        return self.store(new, key, fields, type: "MODIFIED")
    }

    private mutating func store(_ object: JSONValue, _ key: Key, _ managed: ManagedFields, type: String) -> JSONValue {
        var object = object
        self.version += 1
        object["metadata"]?["resourceVersion"] = .string("\(self.version)")
        object["metadata"]?["managedFields"] = managed.json(time: Self.now())
        let old = self.objects[key]?.object
        self.objects[key] = Stored(object: object, managed: managed)
        self.note(Event(version: self.version, type: type, kind: key.kind, object: object, old: old))
        return object
    }

    // MARK: Deleting

    mutating func delete(_ key: Key, options: JSONValue) throws(FakeStatus) -> JSONValue {
        guard let stored = self.objects[key] else { throw .notFound(key.kind, key.name) }
        var object = stored.object
        if let uid = options["preconditions"]?["uid"]?.string, uid != object["metadata"]?["uid"]?.string { throw .conflict(key.name) }
        if let version = options["preconditions"]?["resourceVersion"]?.string, version != object["metadata"]?["resourceVersion"]?.string {
            throw .conflict(key.name)
        }
        let uid = object["metadata"]?["uid"]?.string ?? ""
        self.settleOwned(by: uid, orphan: options["propagationPolicy"]?.string == "Orphan")
        guard !(object["metadata"]?["finalizers"]?.array?.isEmpty ?? true) else { return self.remove(key, object) }
        guard object["metadata"]?["deletionTimestamp"] == nil else { return object }
        object["metadata"]?["deletionTimestamp"] = .string(Self.now())
        object["metadata"]?["deletionGracePeriodSeconds"] = 0
        let generation = stored.object["metadata"]?["generation"]?.number ?? 0
        object["metadata"]?["generation"] = .number(generation + 1)
        return self.store(object, key, stored.managed, type: "MODIFIED")
    }

    /// What the garbage collector does, at once.
    private mutating func settleOwned(by uid: String, orphan: Bool) {
        for (key, stored) in self.objects {
            guard let owners = stored.object["metadata"]?["ownerReferences"]?.array, owners.contains(where: { $0["uid"]?.string == uid }) else { continue }
            if orphan {
                var object = stored.object
                let others = owners.filter { $0["uid"]?.string != uid }
                object["metadata"]?["ownerReferences"] = others.isEmpty ? nil : .array(others)
                _ = self.store(object, key, stored.managed, type: "MODIFIED")
            } else {
                _ = try? self.delete(key, options: .object([:]))
            }
        }
    }

    private mutating func remove(_ key: Key, _ object: JSONValue) -> JSONValue {
        var object = object
        self.version += 1
        object["metadata"]?["resourceVersion"] = .string("\(self.version)")
        let old = self.objects.removeValue(forKey: key)?.object
        self.note(Event(version: self.version, type: "DELETED", kind: key.kind, object: object, old: old))
        // Also of what came to be owned while finalizers held it.
        self.settleOwned(by: object["metadata"]?["uid"]?.string ?? "", orphan: false)
        return object
    }

    private mutating func note(_ event: Event) {
        self.events.append(event)
        guard self.events.count > Self.window else { return }
        self.oldest = self.events[Self.window / 2].version
        self.events.removeFirst(Self.window / 2 + 1)
    }

    // MARK: Forms

    private static func checked(_ object: JSONValue, _ kind: FakeKind, namespace: String?, name: String?) throws(FakeStatus) -> JSONValue {
        guard object.object != nil else { throw .badRequest("the body is no object") }
        guard object["apiVersion"]?.string == kind.apiVersion, object["kind"]?.string == kind.kind else {
            throw .badRequest("the object says \(object["apiVersion"]?.string ?? "")/\(object["kind"]?.string ?? ""), the path \(kind.apiVersion)/\(kind.kind)")
        }
        var object = object
        if object["metadata"] == nil { object["metadata"] = .object([:]) }
        if let said = object["metadata"]?["namespace"]?.string, said != namespace {
            throw .badRequest("the namespace of the object (\(said)) does not match the request (\(namespace ?? ""))")
        }
        if let said = object["metadata"]?["name"]?.string, let name, said != name {
            throw .badRequest("the name of the object (\(said)) does not match the request (\(name))")
        }
        if let namespace { object["metadata"]?["namespace"] = .string(namespace) }
        return object
    }

    /// RFC 7396.
    static func merged(_ target: JSONValue, _ patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members = target.object ?? [:]
        for (name, value) in changes {
            if value.isNull { members.removeValue(forKey: name) } else { members[name] = Self.merged(members[name] ?? .null, value) }
        }
        return .object(members)
    }

    static func now() -> String { Date().formatted(.iso8601) }
}
