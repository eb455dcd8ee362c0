import IntentModel

/// Which entries somebody looks for. What is nil lets all through.
package struct AuditSelection: Sendable, Equatable {
    package var who: String?
    package var tenant: String?
    package var verb: String?
    package var intent: String?
    /// As the times of entries: RFC 3339, UTC, milliseconds.
    package var from: String?
    package var to: String?
    /// Without what the services did.
    package var isForPeople = false

    package init() {}

    func matches(_ entry: AuditEntry) -> Bool {
        if let who, entry.who != who { return false }
        if let tenant, entry.tenant != tenant { return false }
        if let verb, entry.verb != verb { return false }
        if let intent, entry.intent != intent { return false }
        if let from, entry.at < from { return false }
        if let to, entry.at >= to { return false }
        return !self.isForPeople || !HistoryEntry.services.contains(entry.who)
    }
}

/// A page of entries, newest first.
package struct AuditPage: Sendable {
    package var entries: [AuditEntry] = []
    /// By chain: what is before this sequence has not been looked at. Empty when nothing is left.
    package var rest: [String: Int] = [:]
}

extension AuditDirectory {
    /// Entries of a chain that one page looks at, at most.
    private static let reach = 200_000

    /// Looks backwards through all chains.
    ///
    /// - Parameter before: by chain, the sequence to begin before; a chain it does not name is looked through from its end, unless others are named.
    package func page(_ selection: AuditSelection, limit: Int, before: [String: Int]) throws(AuditFailure) -> AuditPage {
        var found: [AuditEntry] = []
        var reached: [String: Int] = [:]
        for chain in try self.chains() where before.isEmpty || before[chain] != nil {
            let (entries, rest) = try self.latest(chain, selection, limit: limit, before: before[chain] ?? .max)
            found += entries
            reached[chain] = rest
        }
        found.sort { ($0.at, $0.chain, $0.sequence) > ($1.at, $1.chain, $1.sequence) }
        var page = AuditPage(entries: Array(found.prefix(limit)))
        // A chain of which nothing is on the page is looked at again.
        for (chain, rest) in reached {
            let left = found.dropFirst(limit).filter { $0.chain == chain }.map(\.sequence).max().map { $0 + 1 } ?? rest
            if left > 1 { page.rest[chain] = left }
        }
        return page
    }

    /// - Returns: the latest entries that match, newest first, and the sequence before which nothing was looked at; 1 at the beginning.
    private func latest(_ chain: String, _ selection: AuditSelection, limit: Int, before: Int) throws(AuditFailure) -> ([AuditEntry], Int) {
        var found: [AuditEntry] = []
        var seen = 0
        for segment in try self.segments(of: chain).reversed() where segment.first < before {
            for (index, line) in try Self.lines(of: segment.file).enumerated().reversed() {
                let sequence = segment.first + index
                guard sequence < before else { continue }
                guard found.count < limit, seen < Self.reach else { return (found, sequence + 1) }
                seen += 1
                guard let entry = AuditLine(line)?.entry else { continue }
                // Times of a chain only go forward, but for a clock that was set back.
                if selection.matches(entry) { found.append(entry) }
            }
        }
        return (found, 1)
    }
}
