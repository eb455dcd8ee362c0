import IntentModel

extension PlanningStep {
    /// A PLMN and a TAC go into configurations as they are: what cannot be one is asked about, whoever said it.
    func questionsAboutIdentifiers(_ ranges: [String: AllowedValues]) -> [Clarification] {
        var questions: [Clarification] = []
        func ask(_ name: String, _ question: String, _ options: [String]) {
            questions.append(Clarification(expectation: self.expectation.id, field: "context.\(name)", question: question, options: options))
        }
        if let plmn = self.context.plmn, !AllowedValues.allowsPLMN(plmn, ranges) {
            ask("plmn", "A PLMN is \(AllowedValues.words(ofPLMN: ranges)), as in 310-410; “\(plmn.prefix(40))” was asked for. Which one?", [])
        }
        if let tac = self.context.tac, let allowed = ranges["tac"] {
            let value = TrackingAreaCode.number(in: tac)
            if value.map({ allowed.contains(Double($0)) }) != true {
                let nearest = value.map { allowed.nearest(to: Double($0)).map { TargetValue.number($0).description } } ?? []
                ask("tac", "A tracking area code is \(allowed.words); “\(tac.prefix(40))” was asked for. Which one?", nearest)
            }
        }
        return questions
    }
}

extension AllowedValues {
    /// `MCC-MNC`, each in as many digits as `ranges` has for it.
    static func allowsPLMN(_ text: String, _ ranges: [String: AllowedValues]) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let mcc = ranges["mcc"], let mnc = ranges["mnc"] else { return false }
        return mcc.contains(digits: parts[0]) && mnc.contains(digits: parts[1])
    }

    static func words(ofPLMN ranges: [String: AllowedValues]) -> String {
        func digits(_ name: String) -> String { (ranges[name]?.digits ?? []).map(String.init).joined(separator: " or ") }
        return "an MCC of \(digits("mcc")) digits and an MNC of \(digits("mnc"))"
    }
}

extension Catalogue {
    /// What a PLMN is, for people; nil when the text is one.
    package func fault(ofPLMN text: String) -> String? {
        AllowedValues.allowsPLMN(text, self.ranges) ? nil : "MCC-MNC, as in 310-410: \(AllowedValues.words(ofPLMN: self.ranges))"
    }
}
