/// What a look through a log has found.
package struct AuditReport: Codable, Sendable, Equatable {
    package struct Chain: Codable, Sendable, Equatable {
        package var chain: String
        package var entries: Int
        package var anchors: Int
    }

    package var chains: [Chain] = []
    /// The first of each chain that has one.
    package var faults: [AuditFault] = []

    package var isSound: Bool { self.faults.isEmpty }

    /// Goes through all files of a log.
    ///
    /// - Parameter anchors: what was anchored; a chain that was and is not there is truncated.
    package init(of directory: AuditDirectory, anchors: [AuditHead]) throws(AuditFailure) {
        let names = Set(try directory.chains()).union(anchors.map(\.chain))
        let present = Set(try directory.chains())
        for name in names.sorted() {
            var verifier = AuditVerifier(chain: name, anchors: anchors)
            do throws(AuditFault) {
                for segment in present.contains(name) ? try Self.segments(name, directory) : [] {
                    let file = "\(name)/\(segment.file.split(separator: "/").last ?? "")"
                    let lines: [ArraySlice<UInt8>]
                    do { lines = try AuditDirectory.lines(of: segment.file) } catch {
                        throw AuditFault(chain: name, sequence: verifier.sequence + 1, kind: .altered, place: file, detail: "\(error)")
                    }
                    for (index, line) in lines.enumerated() { try verifier.take(line, at: "\(file):\(index + 1)") }
                }
                try verifier.finish()
            } catch {
                self.faults.append(error)
            }
            self.chains.append(Chain(chain: name, entries: verifier.sequence, anchors: verifier.anchored))
        }
    }

    private static func segments(_ chain: String, _ directory: AuditDirectory) throws(AuditFault) -> [(file: String, first: Int)] {
        do { return try directory.segments(of: chain) } catch {
            throw AuditFault(chain: chain, sequence: 1, kind: .altered, place: chain, detail: "\(error)")
        }
    }

    /// Goes through the lines of an export, which has the chains one after the other.
    package init(ofExport lines: some Sequence<ArraySlice<UInt8>>, name: String, anchors: [AuditHead]) {
        var verifiers: [String: AuditVerifier] = [:]
        var bad: Set<String> = []
        var current: String?
        for (index, line) in lines.enumerated() {
            // A line that says nothing of its chain is taken for one of the chain before.
            let chain = AuditLine(line)?.entry.chain ?? current ?? "access"
            current = chain
            guard !bad.contains(chain) else { continue }
            var verifier = verifiers[chain] ?? AuditVerifier(chain: chain, anchors: anchors)
            do throws(AuditFault) { try verifier.take(line, at: "\(name):\(index + 1)") } catch {
                bad.insert(chain)
                self.faults.append(error)
            }
            verifiers[chain] = verifier
        }
        for chain in Set(anchors.map(\.chain)) where verifiers[chain] == nil { verifiers[chain] = AuditVerifier(chain: chain, anchors: anchors) }
        for (chain, verifier) in verifiers.sorted(by: { $0.key < $1.key }) {
            if !bad.contains(chain) {
                do throws(AuditFault) { try verifier.finish() } catch { self.faults.append(error) }
            }
            self.chains.append(Chain(chain: chain, entries: verifier.sequence, anchors: verifier.anchored))
        }
    }
}
