import IntentModel
import Ledger
package import RedisClient

/// What each element is to have, beside the ledger in its Redis: so that whichever instance of this service looks at an element sees what is not as an
/// intent configured it.
///
/// One hash for each element, `{ran}:o1:desired:<element>`: field of a ``DesiredObject/Key`` → ``DesiredState``. `{ran}:o1:changing:<element>` has the
/// changes under way: a change is announced before the element is told and settled after, so that whoever compares meanwhile leaves the object alone.
/// `{ran}:o1:restoring:<element>` is there while something is put back: who announces a change afterwards sees it, and comes again.
package struct DesiredObjects: Sendable {
    enum Now: Equatable {
        case desired(DesiredObject)
        case absent
        /// Somebody is changing it.
        case changing
    }

    let redis: RedisClient
    /// An announcement that nobody settled is void after this, in milliseconds.
    private static let announcementAge: Int64 = 600_000

    package init(redis: RedisClient) { self.redis = redis }

    // MARK: Changes

    /// Announces changes over O1, before they are made.
    ///
    /// - Returns: whether they may be made now; otherwise something is being put back at that moment.
    func begin(_ changes: [PolicyChange], at now: Int64 = Timestamp.now()) async throws(RedisError) -> Bool {
        var elements: Set<String> = []
        for change in changes where change.interface == .o1 {
            guard let element = change.ric else { continue }
            elements.insert(element)
            for part in DesiredObject.parts(of: change) {
                _ = try await self.redis.send(RedisCommand("HSET", Self.changing(element), part.key.field, String(now)))
            }
        }
        for element in elements.sorted() where try await self.isRestoring(element) { return false }
        return true
    }

    /// After changes were made for an intent.
    func settle(_ changes: [PolicyChange], of id: IntentID) async throws(RedisError) {
        try await self.conclude(changes) { state, document in
            if document.isEmpty { state.delete(by: id.description) } else { state.put(document, by: id.description) }
        }
    }

    /// After the changes of an intent were undone: what was wanted before is wanted again.
    func undo(_ changes: [PolicyChange], of id: IntentID) async throws(RedisError) {
        try await self.conclude(changes) { state, document in
            state.undo(id.description)
            // What the element does not have is nobody's, whoever had it once.
            if document.isEmpty { state = DesiredState() }
        }
    }

    /// After changes were given up: what was wanted before stays so.
    func abandon(_ changes: [PolicyChange]) async throws(RedisError) { try await self.conclude(changes) { _, _ in } }

    /// Before an object is changed by hand.
    ///
    /// - Returns: whether it may be changed now. In any case ``settleByHand(_:at:isChanged:)`` has to follow.
    func beginByHand(_ key: DesiredObject.Key, at element: String, now: Int64 = Timestamp.now()) async throws(RedisError) -> Bool {
        _ = try await self.redis.send(RedisCommand("HSET", Self.changing(element), key.field, String(now)))
        return try await !self.isRestoring(element)
    }

    /// After it: what somebody changed by hand is no intent's any more; what the element did not take still is.
    func settleByHand(_ key: DesiredObject.Key, at element: String, isChanged: Bool) async throws(RedisError) {
        if isChanged { _ = try await self.redis.send(RedisCommand("HDEL", Self.desired(element), key.field)) }
        _ = try await self.redis.send(RedisCommand("HDEL", Self.changing(element), key.field))
    }

    /// Planning lets one intent at a time change an object, so nobody writes in between.
    private func conclude(_ changes: [PolicyChange], _ body: (inout DesiredState, String) -> Void) async throws(RedisError) {
        for change in changes where change.interface == .o1 {
            guard let element = change.ric else { continue }
            for (key, document) in DesiredObject.parts(of: change) {
                var state = try await self.state(of: key, at: element)
                let before = state
                body(&state, document)
                if state.entries.isEmpty {
                    _ = try await self.redis.send(RedisCommand("HDEL", Self.desired(element), key.field))
                } else if state != before, let json = try? LedgerJSON.encode(state) {
                    _ = try await self.redis.send(RedisCommand("HSET", Self.desired(element), key.field, json))
                }
                _ = try await self.redis.send(RedisCommand("HDEL", Self.changing(element), key.field))
            }
        }
    }

    private func state(of key: DesiredObject.Key, at element: String) async throws(RedisError) -> DesiredState {
        guard let bytes = try await self.redis.send(RedisCommand("HGET", Self.desired(element), key.field)).bytes else { return DesiredState() }
        return (try? LedgerJSON.decode(DesiredState.self, bytes)) ?? DesiredState()
    }

    // MARK: Reading

    /// Everything wanted of an element that nobody is changing right now.
    func objects(of element: String, at now: Int64 = Timestamp.now()) async throws(RedisError) -> [DesiredObject] {
        let changing = try await self.changing(at: element, now)
        guard let fields = try await self.redis.send(RedisCommand("HGETALL", Self.desired(element))).array else { return [] }
        var objects: [DesiredObject] = []
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let field = fields[index].string, !changing.contains(field), let key = DesiredObject.Key(field: field), let bytes = fields[index + 1].bytes,
                let current = (try? LedgerJSON.decode(DesiredState.self, bytes))?.current
            else { continue }
            objects.append(DesiredObject(key: key, document: current.document, origin: current.origin))
        }
        return objects.sorted { $0.key.field < $1.key.field }
    }

    /// One object, as wanted at this moment.
    func object(_ key: DesiredObject.Key, at element: String, now: Int64 = Timestamp.now()) async throws(RedisError) -> Now {
        if try await self.changing(at: element, now).contains(key.field) { return .changing }
        guard let current = try await self.state(of: key, at: element).current else { return .absent }
        return .desired(DesiredObject(key: key, document: current.document, origin: current.origin))
    }

    private func changing(at element: String, _ now: Int64) async throws(RedisError) -> Set<String> {
        guard let fields = try await self.redis.send(RedisCommand("HGETALL", Self.changing(element))).array else { return [] }
        var changing: Set<String> = []
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let field = fields[index].string, let since = fields[index + 1].int else { continue }
            if now - Int64(since) < Self.announcementAge { changing.insert(field) }
        }
        return changing
    }

    // MARK: Who acts

    /// Whether this instance is the one that compares an element for the next while; one that does stays it.
    func claims(_ element: String, as instance: String, for duration: Duration) async throws(RedisError) -> Bool {
        let (key, milliseconds) = ("{ran}:o1:compares:\(element)", max(1, Int(duration / .milliseconds(1))))
        if try await self.redis.send(RedisCommand("SET", key, instance, "NX", "PX", milliseconds)).string == "OK" { return true }
        guard try await self.redis.send(RedisCommand("GET", key)).string == instance else { return false }
        _ = try await self.redis.send(RedisCommand("PEXPIRE", key, milliseconds))
        return true
    }

    /// Says that something is put back at the element, for so long at most. Whether nobody is changing it has to be asked after this.
    func beginRestoring(_ element: String, for duration: Duration) async throws(RedisError) {
        let milliseconds = max(1, Int(duration / .milliseconds(1)))
        _ = try await self.redis.send(RedisCommand("SET", Self.restoring(element), "1", "PX", milliseconds))
    }

    func endRestoring(_ element: String) async throws(RedisError) { _ = try await self.redis.send(RedisCommand("DEL", Self.restoring(element))) }

    private func isRestoring(_ element: String) async throws(RedisError) -> Bool {
        try await self.redis.send(RedisCommand("EXISTS", Self.restoring(element))).int == 1
    }

    private static func desired(_ element: String) -> String { "{ran}:o1:desired:\(element)" }
    private static func changing(_ element: String) -> String { "{ran}:o1:changing:\(element)" }
    private static func restoring(_ element: String) -> String { "{ran}:o1:restoring:\(element)" }
}
