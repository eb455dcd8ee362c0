import IntentModel

extension PlanningStep {
    /// Asks about every value of the expectation that is outside of what may be asked for. What sizes a workload is checked where its size is
    /// known, see ``SizingPlan``.
    func checkRanges() throws {
        switch self.expectation.verb {
        case .deploy, .scale, .configure, .optimize: break
        case .remove, .migrate, .restart, .rollback, .report: return
        }
        let ranges = self.object.type.flatMap { self.catalogue.entry($0)?.ranges } ?? self.catalogue.ranges
        var questions: [Clarification] = []
        for target in self.expectation.targets where !target.condition.isRelative && !SizingPlan.sizing.contains(target.attribute) {
            guard let allowed = ranges[target.attribute] else { continue }
            let values: [Double] =
                switch target.value {
                case .number(let value): [value]
                case .range(let low, let high): [low, high]
                case .boolean, .text: []
                }
            guard let value = values.first(where: { !allowed.contains($0) }) else { continue }
            let unit = Attribute.unit(of: target.attribute).map { " \($0)" } ?? ""
            questions.append(
                Clarification(
                    expectation: self.expectation.id, field: "targets.\(target.attribute)",
                    question: "\(target.attribute) may be \(allowed.words)\(unit); \(TargetValue.number(value)) was asked for. Which value?",
                    options: allowed.nearest(to: value).map { TargetValue.number($0).description }))
        }
        questions += self.questionsAboutIdentifiers(ranges)
        if let slice = self.context.slice, let question = self.question(about: slice) { questions.append(question) }
        if let question = self.questionAboutDataNetwork { questions.append(question) }
        // One answer a field.
        var fields: Set<String> = []
        questions.removeAll { !fields.insert($0.field).inserted }
        if !questions.isEmpty { throw PlanningStop.ask(questions) }
    }

    /// A data network's name goes into configurations as it is (3GPP TS 23.003 clause 9.1).
    private var questionAboutDataNetwork: Clarification? {
        func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
        func isLetter(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 }
        guard let name = self.context.dnn else { return nil }
        let isOne =
            (1...100).contains(name.utf8.count) && name.utf8.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
        return isOne
            ? nil
            : Clarification(
                expectation: self.expectation.id, field: "context.dnn",
                question: "A data network's name has letters, digits, dots and hyphens, 100 at most; “\(name.prefix(40))” was asked for. Which one?",
                options: [])
    }

    /// S-NSSAI, 3GPP TS 23.003 clause 28.4.2.
    private func question(about slice: SliceID) -> Clarification? {
        func ask(_ question: String, _ options: [String]) -> Clarification {
            Clarification(expectation: self.expectation.id, field: "context.slice", question: question, options: options)
        }
        let sst = AllowedValues(0...255)
        guard sst.contains(Double(slice.sst)) else {
            return ask(
                "An SST is 0 to 255; \(slice.sst) was asked for. Which slice? Say its SST, and its SD when it has one, as in 1-0000a1.",
                sst.nearest(to: Double(slice.sst)).map { TargetValue.number($0).description })
        }
        guard let sd = slice.sd,
            sd.utf8.count != 6 || !sd.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= ($0 | 0x20) })
        else { return nil }
        return ask("An SD is six hexadecimal digits; “\(sd.prefix(20))” was asked for. Which slice? Say its SST and SD, as in \(slice.sst)-0000a1.", [])
    }
}

extension SliceID {
    /// An answer such as `1`, `1-0000a1` or `sst 1 sd 0000a1`; nil when it names no slice.
    init?(answer text: String) {
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init).filter { $0 != "sst" && $0 != "sd" }
        guard let first = words.first, words.count <= 2, let sst = Int(first), (0...255).contains(sst) else { return nil }
        let sd = words.count == 2 ? words[1] : nil
        guard sd == nil || sd?.count == 6 && sd?.allSatisfy({ $0.isASCII && $0.isHexDigit }) == true else { return nil }
        self.init(sst: sst, sd: sd)
    }
}
