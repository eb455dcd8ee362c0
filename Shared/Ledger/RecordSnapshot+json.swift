import IntentModel

extension RecordSnapshot {
    /// ``IntentRecord`` as JSON. The documents are JSON already, written by ``LedgerJSON``: they are put together rather than read and
    /// written again, at a twentieth of the cost.
    ///
    /// - Throws: ``LedgerError/Code/corrupt`` for a record without a request.
    package func json() throws(LedgerError) -> [UInt8] {
        guard let request = self.bytes(.request) else { throw LedgerError(.corrupt, "intent \(self.id) has no request") }
        var out: [UInt8] = []
        out.reserveCapacity(RecordField.allCases.reduce(512 + self.history.count) { $0 + (self.document($1)?.count ?? 0) })
        var separator = UInt8(ascii: "{")
        func begin(_ name: StaticString, _ out: inout [UInt8]) {
            out.append(separator)
            separator = UInt8(ascii: ",")
            out.appendJSON(member: name)
        }
        func add(_ name: StaticString, _ field: RecordField, _ out: inout [UInt8]) {
            guard let bytes = self.bytes(field) else { return }
            begin(name, &out)
            out += bytes
        }
        // In the order of their names, as everywhere.
        add("answer", .answer, &out)
        if let answers = self.bytes(.answers), answers != Array("[]".utf8) { add("answers", .answers, &out) }
        add("approval", .approval, &out)
        if self.phase == .awaitingClarification { add("clarifications", .clarifications, &out) }
        add("conflicts", .conflicts, &out)
        begin("createdAt", &out)
        out.appendJSON(Timestamp.text(self.created))
        begin("history", &out)
        self.appendHistory(to: &out)
        begin("id", &out)
        out.appendJSON(self.id.description)
        add("interpretation", .interpretation, &out)
        begin("packages", &out)
        out += self.bytes(.packages) ?? Array("[]".utf8)
        begin("phase", &out)
        out.appendJSON(self.phase.rawValue)
        add("plan", .plan, &out)
        begin("policies", &out)
        out += self.bytes(.policies) ?? Array("[]".utf8)
        if self.isPreview {
            begin("preview", &out)
            out += "true".utf8
        }
        add("problem", .problem, &out)
        begin("request", &out)
        out += request
        begin("tracks", &out)
        self.appendTracks(to: &out)
        begin("updatedAt", &out)
        out.appendJSON(Timestamp.text(self.updated))
        add("verification", .verification, &out)
        add("waitsFor", .waitsFor, &out)
        out.append(UInt8(ascii: "}"))
        return out
    }

    /// One object a line, as the steps wrote them.
    private func appendHistory(to out: inout [UInt8]) {
        out.append(UInt8(ascii: "["))
        for byte in self.history { out.append(byte == UInt8(ascii: "\n") ? UInt8(ascii: ",") : byte) }
        out.append(UInt8(ascii: "]"))
    }

    private func appendTracks(to out: inout [UInt8]) {
        out.append(UInt8(ascii: "{"))
        for (index, (name, track)) in self.tracks.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.appendJSON(name)
            out += ":{".utf8
            if let detail = track.detail {
                out.appendJSON(member: "detail")
                out.appendJSON(detail)
                out.append(UInt8(ascii: ","))
            }
            out.appendJSON(member: "state")
            out.appendJSON(track.state.rawValue)
            out += #","version":\#(track.version)}"#.utf8
        }
        out.append(UInt8(ascii: "}"))
    }
}
