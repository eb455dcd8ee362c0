package import IntentModel

/// One item of work on a queue.
package struct Work: Sendable, Equatable {
    package var id: IntentID
    package var stage: Stage
    package var lane: Lane
    /// The track of work that is about an entry of the history and advances nothing.
    package static let event = "event"

    /// `main`, or the track it advances, or ``event``.
    package var track: String
    /// The track's version it was made for; any other version means the step was taken already. Of an ``event``, its place in the history.
    package var version: Int
    /// How often it was postponed.
    package var attempt: Int
    /// The deployment colour that made it; whose it is to do the partition's roles say.
    package var colour: String
    /// The fencing epoch it was made in.
    package var epoch: Int

    /// Whether it is still to be done.
    func isCurrent(_ snapshot: RecordSnapshot) -> Bool { self.track == Self.event || snapshot.version(of: self.track) == self.version }

    /// As kept in the delayed set and among dead letters.
    var member: String {
        "\(self.stage.rawValue) \(self.lane.rawValue) \(self.id) \(self.track) \(self.version) \(self.attempt) \(self.colour) \(self.epoch)"
    }

    /// Reads a dead letter's or delayed item's text.
    package init?(member: String) {
        let parts = member.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 8, let stage = Stage(rawValue: parts[0]), let lane = Lane(rawValue: parts[1]), let id = IntentID(parts[2]),
            let version = Int(parts[4]), let attempt = Int(parts[5]), let epoch = Int(parts[7])
        else { return nil }
        self.init(id: id, stage: stage, lane: lane, track: parts[3], version: version, attempt: attempt, colour: parts[6], epoch: epoch)
    }

    package init(id: IntentID, stage: Stage, lane: Lane, track: String, version: Int, attempt: Int, colour: String, epoch: Int) {
        self.id = id
        self.stage = stage
        self.lane = lane
        self.track = track
        self.version = version
        self.attempt = attempt
        self.colour = colour
        self.epoch = epoch
    }
}

/// A delivery of an item of work: ours until the lease ends or the step is taken.
package struct Lease: Sendable {
    package var work: Work
    package var partition: Partition
    /// Stream entry id.
    package var message: String
    /// Delivered before, to somebody who did not finish.
    package var isRedelivery: Bool
    package var takenAt: ContinuousClock.Instant
    /// That the process acted in when it took it, see ``PartitionRoles``.
    package var epoch = 0
}
