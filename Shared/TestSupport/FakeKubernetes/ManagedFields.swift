import JSONSchema

/// Whose fields are whose: the managers of one object.
struct ManagedFields: Sendable {
    struct Manager: Sendable, Hashable {
        var name: String
        /// `Apply` or `Update`.
        var operation: String
        var subresource: String?
    }

    private(set) var owned: [Manager: FieldSet] = [:]

    /// - Throws: 409 naming who has what, unless forced.
    mutating func apply(_ applied: JSONValue, to live: JSONValue?, by manager: Manager, force: Bool) throws(FakeStatus) -> JSONValue {
        let wanted = FieldSet(of: applied)
        var conflicts: [String] = []
        for (other, fields) in self.owned where other != manager {
            let disputed = fields.paths.intersection(wanted.paths).filter { path in
                FieldSet.value(path, in: live ?? .object([:])) != FieldSet.value(path, in: applied)
            }
            guard !disputed.isEmpty else { continue }
            if force {
                self.owned[other]?.paths.subtract(disputed)
            } else {
                conflicts += disputed.map { "conflict with \"\(other.name)\": .\($0.map { String($0.dropFirst(2)) }.joined(separator: "."))" }
            }
        }
        guard conflicts.isEmpty else {
            throw FakeStatus(409, "Conflict", "Apply failed with \(conflicts.count) conflicts: \(conflicts.sorted().joined(separator: ", "))")
        }
        var result = live ?? .object([:])
        // What was ours, is no longer wanted and nobody else's goes.
        for path in self.owned[manager]?.paths ?? [] where !wanted.paths.contains(path) {
            guard !self.owned.contains(where: { $0.key != manager && $0.value.paths.contains(path) }) else { continue }
            result = FieldSet.setting(path[...], to: nil, in: result) ?? .object([:])
        }
        for path in wanted.paths.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard let value = FieldSet.value(path, in: applied) else { continue }
            result = FieldSet.setting(path[...], to: value, in: result) ?? .object([:])
        }
        self.owned[manager] = wanted
        return result
    }

    /// What an update changed is the updater's, and nobody else's any more.
    mutating func update(from old: JSONValue?, to new: JSONValue, by manager: Manager) {
        let before = FieldSet(of: old ?? .object([:]))
        let after = FieldSet(of: new)
        let changed = after.paths.filter { path in
            FieldSet.value(path, in: new) != old.flatMap { FieldSet.value(path, in: $0) }
        }
        let gone = before.paths.subtracting(after.paths)
        for other in self.owned.keys { self.owned[other]?.paths.subtract(gone.union(other == manager ? [] : changed)) }
        self.owned[manager, default: FieldSet()].paths.formUnion(changed)
        self.owned = self.owned.filter { !$0.value.paths.isEmpty }
    }

    func json(time: String) -> JSONValue {
        let entries = self.owned.sorted {
            ($0.key.name, $0.key.operation, $0.key.subresource ?? "") < ($1.key.name, $1.key.operation, $1.key.subresource ?? "")
        }
        return .array(
            entries.map { manager, fields in
                var entry: JSONValue = [
                    "manager": .string(manager.name), "operation": .string(manager.operation), "fieldsType": "FieldsV1", "fieldsV1": fields.json,
                    "time": .string(time),
                ]
                if let subresource = manager.subresource { entry["subresource"] = .string(subresource) }
                return entry
            })
    }
}
