import IntentModel

extension Reading {
    private static let hours: Set<String> = ["am", "pm", "oclock", "o'clock", "uhr", "utc", "cet"]

    /// "3am", "15h"
    func isHour(_ index: Int) -> Bool { Self.hours.contains(self.word(index)) || ["h", "hrs"].contains(self.word(index)) }

    /// "at 3 am", "in 10 minutes", "after two hours", "for the next 2 hours": when something is to be done, or how long it is to last.
    private func isTime(_ start: Int, _ measure: Measure, _ clause: Clause) -> Bool {
        if Self.hours.contains(self.word(measure.end)) || self.word(measure.end) == "o" && self.word(measure.end + 1) == "clock" { return true }
        guard let unit = measure.unit, unit.dimension == .time, unit.factor >= 1_000 || measure.low >= 1_000 else { return false }
        if ["later", "hence"].contains(self.word(measure.end)) { return true }
        var before = start - 1
        while before >= clause.first, self.has(before, [.definite, .filler]) || ["next", "coming", "about"].contains(self.word(before)) { before -= 1 }
        return ["in", "after", "for", "during", "over", "every", "each"].contains(self.word(before))
    }

    /// What is counted, and nothing here counts.
    private func namesUnsayable(_ index: Int) -> Bool {
        guard index < self.lexemes.count, !self.lexemes[index].used else { return false }
        return self.kind(index) == .unknown || self.kind(index) == .word && self.meaning(index)?.quality != nil && self.meaning(index)?.object == nil
    }

    /// A number that means something, but what? Only those with a unit that could be acted on are asked about.
    mutating func unexplained(_ start: Int, _ measure: Measure, _ clause: Clause, _ preposition: Preposition?) {
        let words = self.text(start..<measure.end)
        if clause.verb == nil, measure.unit?.dimension == .percent, self.has(measure.end, [.increment, .decrement]) {
            // "we expect 20 % more traffic"
            self.notes.append("'\(words)' was read as an observation.")
        } else if measure.unit?.dimension == .percent,
            self.meaning(measure.end)?.object != nil || (0..<4).contains(where: { self.word(measure.end + $0) == "traffic" })
        {
            self.ask(clause, "targets.threshold", "What should '\(words)' apply to?", [])
        } else if measure.unit == nil, self.isNumberOfObject(start), clause.verb?.action != .report {
            // "deploy AMF 2.0", "deploy AMF 3": a version, a number of instances, or part of a name.
            self.ask(clause, "targets", "'\(self.text((start - 1)..<measure.end))' does not say what \(words) is. What is it, a version or how many?", [])
        } else if measure.unit == nil, self.isConjunction(measure.end), self.has(measure.end + 1, .indefinite) || self.word(measure.end + 1) == "half",
            let noun = (measure.end..<min(measure.end + 4, clause.end)).first(where: { self.isCountNoun(at: $0) })
        {
            // "three and a half replicas"
            self.ask(clause, "targets.replicas", "'\(self.text(start..<(noun + 1)))' is no whole number. How many replicas are meant?", [])
        } else if measure.unit == nil, preposition == .with, clause.verb?.action == .deploy || clause.verb?.action == .make, self.namesUnsayable(measure.end) {
            // "with 2 GPUs"
            let words = self.text(start..<(measure.end + 1))
            self.ask(clause, "confirm", "'\(words)' is nothing that can be set here. Should it be done without that?", ["yes", "no"])
        } else if measure.unit?.dimension == .percent, preposition != .reason, let action = clause.verb?.action,
            [.enable, .disable, .ensure, .optimize, .set, .configure].contains(action)
        {
            // "in 99 % of the cases", "tracing at 10 %"
            self.ask(clause, "targets", "'\(words)' of what? What should it be?", [])
        } else if measure.high != nil, preposition == .from, measure.unit == nil, let action = clause.verb?.action, [.ensure, .optimize].contains(action) {
            // "from 8 to 10"
            self.ask(clause, "context.window", "When exactly does 'from \(words)' mean? Give dates and times.", [])
        } else if measure.unit == nil, clause.verb.map({ $0.action != .report }) ?? false,
            preposition == .of && ["limit", "limits", "request", "requests"].contains(self.word(start - 2))
                || preposition == .to && ["limit", "limits", "request", "requests"].contains(self.word(start - 2))
                || self.isSymbol(start - 1, ",") && (self.isSymbol(measure.end, ",") || measure.end >= clause.end)
        {
            // "requests of 1 and limits of 2", "AMF, 2, SMF, 3"
            self.ask(clause, "targets", "'\(self.text((start - 1)..<measure.end))' does not say what \(words) is. What is it a number of?", [])
        } else if measure.unit == nil, ["x", "×", "*"].contains(self.word(start - 1)), clause.verb?.action != .report {
            self.ask(clause, "targets.replicas", "'\(self.text((start - 1)..<measure.end))' may say how many. How many replicas are meant?", [])
        } else if measure.unit == nil, preposition == .with, measure.end >= clause.end, clause.verb?.action != .report {
            self.ask(clause, "targets", "'\(self.text((start - 1)..<measure.end))' does not say what \(words) is. What is it?", [])
        } else if measure.unit?.dimension == .percent, preposition == .at, clause.verb?.action == .autoscale {
            self.ask(clause, "targets.targetCPUUtilization", "'\(words)' of what? At which CPU utilisation should it scale?", [])
        } else if preposition == .to || preposition == .by || preposition == .at, clause.verb != nil, let index = self.ofCell(clause, before: start) {
            // "set the transmit power … to 20 W"
            let attribute = self.vocabulary.attributes[index].attribute
            let unit = IntentModel.Attribute.unit(of: attribute).map { ", in \($0)" } ?? ""
            self.ask(clause, "targets.\(attribute)", "'\(words)' is no \(attribute) that is understood. What should it be\(unit)?", [])
        } else if clause.verb?.action != .report, self.isTime(start, measure, clause) {
            let words = self.text(max(clause.first, start - 1)..<min(clause.end, measure.end + 1))
            self.ask(clause, "context.window", "When exactly does '\(words)' mean? Give a date and time.", [])
        } else if let preposition, [.at, .to, .in].contains(preposition) || self.word(start - 1) == "the", measure.unit == nil,
            let action = clause.verb?.action,
            [.restart, .remove].contains(action)
        {
            // "restart the AMF at 3"
            self.ask(clause, "context.window", "'\(self.text((start - 1)..<measure.end))' says neither which nor when. Give a date and time.", [])
        } else if self.isSymbol(start - 1, "("), self.isSymbol(measure.end, ")"), self.kind(start - 2) == .number,
            self.lexemes[start - 2].value != self.lexemes[start].value
        {
            // "five (6) instances"
            self.ask(clause, "targets.replicas", "'\(self.text((start - 2)..<(start + 1)))' is not one number. Which number is meant?", [])
        } else if let kind = self.meaning(measure.end)?.place, measure.unit == nil, clause.verb?.action != .report, preposition != .at {
            // "over three zones"
            self.ask(clause, "context.\(kind.rawValue)", "'\(self.text(start..<(measure.end + 1)))' names no place. Which \(kind.rawValue)s are meant?", [])
        } else if preposition == .to, self.word(start) != "one", let action = clause.verb?.action, [.set, .change, .scale, .autoscale].contains(action) {
            // "set the bounds to 2..10"
            let field = action == .scale || action == .autoscale ? "targets.replicas" : "targets"
            self.ask(clause, field, "'\(self.text(start..<measure.end))' does not say what it is a number of. What should be set to what?", [])
        } else if measure.unit?.dimension == .percent, self.has(measure.end, [.increment, .decrement]), let action = clause.verb?.action,
            [.deploy, .make, .configure, .set].contains(action)
        {
            // "with 50 % more memory"
            self.ask(
                clause, "targets", "'\(self.text(start..<min(measure.end + 2, clause.end)))' is a change of what is not known here. How much should it be?", [])
        } else if let action = clause.verb?.action, [.scale, .restart, .remove, .migrate].contains(action), let unit = measure.unit, unit.dimension == .time,
            unit.factor >= 1_000, self.word(start - 1) == "with" || self.has(start - 1, .indefinite) && self.word(start - 2) == "with"
        {
            // "with a 30 second delay"
            self.ask(clause, "context.window", "'\(words)' is no time that is kept here. Give a date and time, or leave it out.", [])
        } else if let action = clause.verb?.action, [.restart, .remove, .rollback].contains(action), measure.unit == nil, self.has(start - 1, .carrier) {
            // "the SMF container 2"
            self.ask(clause, "object.name", "'\(self.text((start - 1)..<measure.end))' is no instance that is known. Which one is meant?", [])
        } else if clause.verb == nil, measure.unit == nil, clause.first == start, clause.end == measure.end, !self.expectations.isEmpty,
            self.isSymbol(start - 1, ";", ".")
        {
            // "to 5;6"
            self.ask(clause, "targets", "'\(words)' does not say what it is a number of. What is it?", [])
        } else if measure.unit == nil, clause.verb?.action == .ensure, self.meaning(start - 1)?.comparator != nil {
            // "ensure it is never scaled above 5"
            self.ask(clause, "targets", "'\(self.text((start - 1)..<measure.end))' does not say what \(words) is. What is it a number of?", [])
        } else if measure.unit == nil, self.isConjunction(start - 1), self.word(start - 1) != "or", measure.end >= clause.end, let action = clause.verb?.action,
            [.scale, .set, .configure, .change, .deploy, .make, .add].contains(action),
            self.quantities.last.map({ $0.at >= clause.first }) ?? false || self.kind(start - 2) == .number
        {
            // "4 CPUs and 8"
            self.ask(clause, "targets", "'\(self.text((start - 1)..<measure.end))' does not say what \(words) is. What is it a number of?", [])
        } else {
            self.notes.append("'\(words)' was not needed for the reading.")
        }
    }
}
