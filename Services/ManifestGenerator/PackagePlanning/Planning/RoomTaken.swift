/// What holds still count for, beside what is published and what a cluster calls free.
struct RoomTaken: Sendable, Equatable {
    /// Beyond what is published of the same packages.
    private(set) var unpublished = ClusterEntry.Amounts.nothing
    /// Beyond what the cluster's own figures of what is free can have in them.
    private(set) var unseen = ClusterEntry.Amounts.nothing
    /// They count for nothing any more.
    private(set) var past: [RoomHold] = []

    /// - Parameters:
    ///   - holds: of other intents, in this cluster.
    ///   - paths: packages of the plan that asks: it says itself what these take.
    ///   - published: what is published at the paths of the holds, with its tree.
    ///   - reading: what the cluster calls free now; nil where it does not say.
    init(_ holds: [RoomHold], without paths: Set<String>, published: [String: (tree: String, amounts: ClusterEntry.Amounts)], reading: RoomHold.Reading?) {
        var newest: [String: (place: Int64, goes: Bool)] = [:]
        for hold in holds {
            for part in hold.parts where hold.place >= newest[part.path]?.place ?? .min { newest[part.path] = (hold.place, part.after == .nothing) }
        }
        // What was taken by those before, too: the figures sink by all of it. Who is seen already stays in the sum until it is forgotten, which
        // lets those behind it count for longer, never for less.
        var before = ClusterEntry.Amounts.nothing
        for hold in holds.sorted(by: { $0.place < $1.place }) {
            for part in hold.parts { before.add(part.growth) }
            let isSeen = hold.isSeen(in: reading, with: before)
            var counts = false
            for part in hold.parts {
                let (last, there) = (newest[part.path], published[part.path])
                // Of one package the last word counts.
                let isLast = last?.place == hold.place
                let isOnItsWay = isLast && there?.tree == part.base
                let isAwaited = !isSeen && (isLast || last?.goes == false)
                counts = counts || isOnItsWay || isAwaited
                guard !paths.contains(part.path) else { continue }
                if isOnItsWay { self.unpublished.add(part.after.above(there?.amounts ?? .nothing)) }
                if isAwaited { self.unseen.add(part.growth) }
            }
            if !counts { self.past.append(hold) }
        }
    }
}

extension RoomHold {
    /// Whether a cluster's figures have it in them: where it says nothing of what is free, nothing is to be seen; else a reading after that of its
    /// plan has to show as much less as it and those before it have taken.
    fileprivate func isSeen(in reading: Reading?, with taken: ClusterEntry.Amounts) -> Bool {
        guard let then = self.reading, let now = reading else { return reading == nil }
        guard now.readAt > then.readAt else { return false }
        return then.available.cpu - now.available.cpu >= taken.cpu && then.available.memory - now.available.memory >= taken.memory
    }
}

extension ClusterEntry.Amounts {
    package static let nothing = Self(cpu: 0, memory: 0, storage: 0)
}
