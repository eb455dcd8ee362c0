/// Which traces are recorded: the samplers of OpenTelemetry's specification, by the names `OTEL_TRACES_SAMPLER` has for them.
package struct TraceSampler: Sendable, Equatable {
    package enum Root: Sendable, Equatable {
        case always
        case never
        /// The part of traces, 0 to 1, chosen by their id, so that all who ask choose alike.
        case ratio(Double)
    }

    package static let names = [
        "always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio",
    ]

    package let root: Root
    /// What a caller decided of its trace holds here, too.
    package let followsParent: Bool

    package init(_ root: Root, followsParent: Bool = true) {
        self.root = root
        self.followsParent = followsParent
    }

    /// - Parameters:
    ///   - name: one of ``names``; nil for others.
    ///   - ratio: used by those that end in `traceidratio`.
    package init?(name: String, ratio: Double) {
        guard Self.names.contains(name) else { return nil }
        let isParentBased = name.hasPrefix("parentbased_")
        switch isParentBased ? String(name.dropFirst("parentbased_".count)) : name {
        case "always_on": self.init(.always, followsParent: isParentBased)
        case "always_off": self.init(.never, followsParent: isParentBased)
        default: self.init(.ratio(min(max(ratio, 0), 1)), followsParent: isParentBased)
        }
    }

    /// - Parameter traceLow: the last eight bytes of the trace's id.
    func samples(traceLow: UInt64, parent: TraceParent?) -> Bool {
        if let parent, self.followsParent { return parent.isSampled }
        switch self.root {
        case .always: return true
        case .never: return false
        case .ratio(let ratio):
            // 63 bits, as OpenTelemetry's own implementations have it.
            return ratio >= 1 || traceLow & (UInt64.max >> 1) < UInt64(ratio * 0x1p63)
        }
    }
}
