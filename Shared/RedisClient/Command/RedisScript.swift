/// A Lua script. Its digest is computed once; make scripts `static let`.
package struct RedisScript: Sendable {
    package let source: String
    /// SHA-1 of the source, 40 hex digits: the name under which the server caches it.
    package let sha1: String

    package init(_ source: String) {
        self.source = source
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
