/// A Lua script. Its digest is computed once; make scripts `static let`.
package struct RedisScript: Sendable {
    package let source: String
    /// SHA-1 of the source, 40 hex digits: the name under which the server caches it.
    package let sha1: String
    /// Whether it touches keys that it is not given, all of them with the hash tag of its first.
    package let needsWholeSlot: Bool

    package init(_ source: String, needsWholeSlot: Bool = false) {
        self.source = source
        self.needsWholeSlot = needsWholeSlot
        self.sha1 = SHA1.hexDigest(of: source.utf8)
    }

    /// `EVALSHA`, for use inside a pipeline; it is refused with `NOSCRIPT` when the server does not have the script.
    package func command(keys: [String], arguments: [any RedisArgument]) -> RedisCommand {
        self.command("EVALSHA", self.sha1, keys: keys, arguments: arguments)
    }

    /// `EVAL`, which also makes the server cache the script.
    func fullCommand(keys: [String], arguments: [any RedisArgument]) -> RedisCommand {
        self.command("EVAL", self.source, keys: keys, arguments: arguments)
    }

    /// What a cluster has to be told of the keys.
    ///
    /// While a slot is being moved, its keys are on two nodes. A node that has all keys it is told of runs the script, which fails half-way
    /// at the first other key that is not there, or, on the new node, makes a second key of its name. One more key that exists nowhere
    /// makes both nodes refuse the script before it begins, until the slot is whole.
    func keysOnCluster(_ keys: [String]) -> [String] {
        guard self.needsWholeSlot, let first = keys.first else { return keys }
        guard let open = first.firstIndex(of: "{"), let close = first[open...].firstIndex(of: "}") else { return keys }
        return keys + ["\(first[open...close]):whole"]
    }

    private func command(_ verb: String, _ script: String, keys: [String], arguments: [any RedisArgument]) -> RedisCommand {
        var all: [any RedisArgument] = []
        all.reserveCapacity(2 + keys.count + arguments.count)
        all.append(script)
        all.append(keys.count)
        for key in keys { all.append(key) }
        all.append(contentsOf: arguments)
        return RedisCommand(verb, arguments: all)
    }
}
