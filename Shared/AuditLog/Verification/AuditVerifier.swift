/// Goes through the lines of one chain and finds the first that is bad. A state machine: the caller reads files and Git.
package struct AuditVerifier: Sendable {
    package let chain: String
    /// By sequence; an anchor that contradicts another is a fault of its own.
    private let anchors: [Int: Set<String>]
    private var previous: String
    /// Of the last entry.
    package private(set) var sequence = 0
    private var lastPlace = ""
    /// An entry that was not where it belongs; whether it is elsewhere is known at the end.
    private var absent: (sequence: Int, found: Int, place: String)?
    private var isElsewhere = false
    /// Anchors that were met.
    package private(set) var anchored = 0

    package init(chain: String, anchors: [AuditHead] = []) {
        self.chain = chain
        self.previous = AuditHash.genesis(of: chain)
        self.anchors = Dictionary(grouping: anchors.filter { $0.chain == chain }, by: \.sequence).mapValues { Set($0.map(\.hash)) }
    }

    /// - Parameters:
    ///   - line: without its newline.
    ///   - place: for people, `p03/000000000001.ndjson:17`.
    package mutating func take(_ line: some Collection<UInt8>, at place: String) throws(AuditFault) {
        let expected = self.sequence + 1
        guard let line = AuditLine(line) else {
            // Behind a gap only the place of the absent entry is looked for.
            if self.absent != nil { return }
            throw self.fault(expected, .altered, place, "the line is no entry")
        }
        if let absent {
            if line.entry.chain == self.chain, line.entry.sequence == absent.sequence { self.isElsewhere = true }
            return
        }
        guard line.isIntact else { throw self.fault(expected, .altered, place, "its hash says \(line.hash), its content \(line.actual)") }
        guard line.entry.chain == self.chain else {
            throw self.fault(expected, .foreign, place, "entry \(line.entry.sequence) of chain \(line.entry.chain) stands in its place")
        }
        guard line.entry.sequence == expected else {
            if line.entry.sequence < expected {
                throw self.fault(line.entry.sequence, .misplaced, place, "it stands where entry \(expected) belongs")
            }
            self.absent = (expected, line.entry.sequence, place)
            return
        }
        guard line.entry.previous == self.previous else {
            throw self.fault(
                max(1, expected - 1), .rewritten, expected == 1 ? place : self.lastPlace,
                expected == 1 ? "it does not begin the chain" : "entry \(expected) follows another one")
        }
        if let hashes = self.anchors[expected] {
            guard hashes == [line.hash] else { throw self.fault(expected, .rewritten, place, "another entry was anchored") }
            self.anchored += 1
        }
        self.sequence = expected
        self.previous = line.hash
        self.lastPlace = place
    }

    /// Nothing follows.
    package func finish() throws(AuditFault) {
        if let absent {
            let kind: AuditFault.Kind = self.isElsewhere ? .misplaced : .missing
            throw self.fault(absent.sequence, kind, absent.place, "entry \(absent.found) stands in its place")
        }
        if let beyond = self.anchors.keys.filter({ $0 > self.sequence }).min() {
            throw self.fault(self.sequence + 1, .truncated, self.lastPlace.isEmpty ? self.chain : self.lastPlace, "entry \(beyond) was anchored in Git")
        }
    }

    private func fault(_ sequence: Int, _ kind: AuditFault.Kind, _ place: String, _ detail: String) -> AuditFault {
        AuditFault(chain: self.chain, sequence: sequence, kind: kind, place: place, detail: detail)
    }
}
