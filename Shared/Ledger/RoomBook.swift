package import IntentModel
import RedisClient

/// What plans take of clusters until it can be seen there: of each cluster the intents whose packages are on their way, in the order in which
/// they took it. One book for all instances, beside the records; see docs/decisions/057-room-is-taken-when-it-is-planned.md.
package struct RoomBook: Sendable {
    package struct Entry: Sendable, Equatable {
        package var intent: IntentID
        /// Who took earlier has the smaller one; unique.
        package var place: Int64
        /// As it was given.
        package var what: [UInt8]

        package init(intent: IntentID, place: Int64, what: [UInt8]) {
            self.intent = intent
            self.place = place
            self.what = what
        }
    }

    /// An entry that is over: it can be seen in its cluster, or its intent came to nothing.
    package struct Past: Sendable, Hashable {
        package var cluster: String
        package var intent: IntentID
        package var place: Int64

        package init(cluster: String, intent: IntentID, place: Int64) {
            self.cluster = cluster
            self.intent = intent
            self.place = place
        }
    }

    private static let counter = "{room}:counter"
    /// The most entries of a cluster; of more the oldest is forgotten.
    static let most = 1024
    private let ledger: Ledger
    private let lasts: Duration

    /// - Parameter lasts: how long an entry counts at most, by the server's clock; the same for all instances.
    package init(ledger: Ledger, lasts: Duration) {
        self.ledger = ledger
        self.lasts = lasts
    }

    /// What others than `id` have taken of a cluster, in no order.
    package func entries(of cluster: String, besides id: IntentID?) async throws(LedgerError) -> [Entry] {
        let all = try await self.run("", [(cluster, [])], past: []).entries[cluster] ?? []
        return all.filter { $0.intent != id }
    }

    /// Takes what is given of each cluster, empty for nothing any more, in place of what the intent took before, and forgets what is past.
    ///
    /// - Returns: the place of these entries, and what others have taken of these clusters by now: those of smaller places before it.
    package func take(_ what: [(cluster: String, what: [UInt8])], for id: IntentID, past: Set<Past> = []) async throws(LedgerError) -> (
        place: Int64, others: [String: [Entry]]
    ) {
        let (place, entries) = try await self.run(id.description, what, past: past)
        return (place, entries)
    }

    /// Entries that are of the place that is said are gone afterwards.
    package func forget(_ past: Set<Past>) async throws(LedgerError) {
        guard !past.isEmpty else { return }
        _ = try await self.run("", Set(past.map(\.cluster)).sorted().map { ($0, []) }, past: past)
    }

    private func run(_ id: String, _ what: [(cluster: String, what: [UInt8])], past: Set<Past>) async throws(LedgerError) -> (
        place: Int64, entries: [String: [Entry]]
    ) {
        var arguments: [any RedisArgument] = [id, self.lasts.milliseconds, Self.most]
        for each in what { arguments.append(each.what) }
        for entry in past {
            guard let number = what.firstIndex(where: { $0.cluster == entry.cluster }) else { continue }
            arguments += [number + 1, entry.intent.description, "\(entry.place)"] as [any RedisArgument]
        }
        do throws(RedisError) {
            let reply = try await self.ledger.redis.evaluate(
                self.ledger.scripts.room, keys: [Self.counter] + what.map { "{room}:c:\($0.cluster)" }, arguments: arguments)
            guard let parts = reply.array, parts.count == what.count + 2, let place = parts[1].int else {
                throw RedisError(.protocolViolation, "room answered \(reply)")
            }
            var entries: [String: [Entry]] = [:]
            for (each, part) in zip(what, parts.dropFirst(2)) {
                let texts = (part.array ?? []).compactMap(\.string)
                entries[each.cluster] = stride(from: 0, to: texts.count - 1, by: 2).compactMap { Self.entry(texts[$0], texts[$0 + 1]) }
            }
            return (Int64(place), entries)
        } catch {
            throw LedgerError(error)
        }
    }

    private static func entry(_ id: String, _ text: String) -> Entry? {
        let parts = text.split(separator: " ", maxSplits: 2)
        guard parts.count == 3, let intent = IntentID(id), let place = Int64(parts[0]) else { return nil }
        return Entry(intent: intent, place: place, what: Array(parts[2].utf8))
    }
}
