package import IntentModel

extension Plan {
    /// The tracks that carry out this plan, each with its first stage.
    package var tracks: [(track: Track.Name, stage: Stage)] {
        var tracks: [(track: Track.Name, stage: Stage)] = []
        if self.changesPackages { tracks.append((.delivery, .publish)) }
        if self.changesPolicies { tracks.append((.ran, .policy)) }
        return tracks
    }
}
