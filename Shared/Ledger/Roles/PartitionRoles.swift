/// What a colour of the deployment may do in one partition.
package enum Role: String, Sendable, CaseIterable {
    /// Everything that is not a preview's.
    case active
    /// Only work that was submitted through the preview path.
    case preview
    /// Nothing new: another colour has taken over, or this one was never asked.
    case draining
}

/// Who rules one partition, as its key `{pNN}:roles` has it. Without one everybody is active: an installation that knows no colours.
///
/// Every change takes the next epoch. The script of the step compares colour and epoch with what is there (`Scripts/step.lua`), so what is
/// known here may be old without harm.
package struct PartitionRoles: Sendable, Equatable {
    package var active: String?
    /// The epoch in which the active colour became it; 0 without colours.
    package var activeEpoch = 0
    package var preview: String?
    package var previewEpoch = 0

    package init(active: String? = nil, activeEpoch: Int = 0, preview: String? = nil, previewEpoch: Int = 0) {
        self.active = active
        self.activeEpoch = activeEpoch
        self.preview = preview
        self.previewEpoch = previewEpoch
    }

    package func role(of colour: String) -> Role {
        guard let active, active != colour else { return .active }
        return self.preview == colour ? .preview : .draining
    }

    /// The queues that a colour takes work from. Where there is no preview, the active colour brings what is left of one to its end.
    package func lanes(of colour: String) -> [Lane] {
        switch self.role(of: colour) {
        case .active: self.preview == nil ? [.high, .low, .preview] : [.high, .low]
        case .preview: [.preview]
        case .draining: []
        }
    }

    /// In which a colour acts; that of somebody who may not is the active one's, so that a step of theirs is known by the colour alone.
    package func epoch(of colour: String) -> Int { self.role(of: colour) == .preview ? self.previewEpoch : self.activeEpoch }
}
