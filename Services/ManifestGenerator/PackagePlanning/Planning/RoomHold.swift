package import IntentModel

/// What one plan takes of a cluster from its planning on: by path of a package, what runs there afterwards and how much more that is.
package struct RoomHold: Sendable, Equatable {
    package struct Part: Sendable, Equatable, Codable {
        package var path: String
        /// Tree it was planned against; nil where there was none. Nobody else publishes there before the intent has ended, so that another one
        /// means that the package has arrived, or never will.
        package var base: String?
        /// What all its replicas request together afterwards, nothing where it goes.
        package var after: ClusterEntry.Amounts
        /// How much more than before.
        package var growth: ClusterEntry.Amounts

        package init(path: String, base: String?, after: ClusterEntry.Amounts, growth: ClusterEntry.Amounts) {
            self.path = path
            self.base = base
            self.after = after
            self.growth = growth
        }
    }

    /// What the cluster called free when it was planned, and when that was read (Unix milliseconds).
    package struct Reading: Sendable, Equatable, Codable {
        package var readAt: Int64
        package var available: ClusterEntry.Amounts

        package init(readAt: Int64, available: ClusterEntry.Amounts) {
            self.readAt = readAt
            self.available = available
        }
    }

    package var intent: IntentID
    /// Of two in a cluster the one with the smaller took first.
    package var place: Int64
    package var parts: [Part]
    package var reading: Reading?

    package init(intent: IntentID, place: Int64, parts: [Part], reading: Reading? = nil) {
        self.intent = intent
        self.place = place
        self.parts = parts
        self.reading = reading
    }
}

/// What plans have taken of clusters that cannot be seen there yet.
package protocol RoomSource: Sendable {
    /// Of other intents than the one that is planned, in no order.
    func holds(in cluster: String) async throws -> [RoomHold]

    /// These can be seen in their cluster by now, and need not be kept.
    func areSeen(_ holds: [RoomHold], in cluster: String)
}

/// Nobody else plans.
package struct NoRoomTaken: RoomSource {
    package init() {}
    package func holds(in cluster: String) async throws -> [RoomHold] { [] }
    package func areSeen(_ holds: [RoomHold], in cluster: String) {}
}
