extension Reading {
    /// Cuts the text into clauses: at the ends of sentences, and where a conjunction or comma is followed by a verb.
    mutating func readClauses() {
        var at = 0
        let count = self.lexemes.count
        while at < count {
            var end = at
            while end < count, !self.endsSentence(end) { end += 1 }
            if end > at { self.readSentence(at, end) }
            at = end + 1
        }
        self.joinTrailingVerbs()
    }

    private func endsSentence(_ index: Int) -> Bool {
        guard self.isSymbol(index, ".", ";", "!", "?", "\n", "。", "！", "？") else { return false }
        return !self.isEllipsis(index) && !self.isEllipsis(index - 1)
    }

    /// "2..7": from one to the other.
    func isEllipsis(_ index: Int) -> Bool {
        self.isSymbol(index, ".") && self.isSymbol(index + 1, ".") && self.kind(index - 1) == .number && self.kind(index + 2) == .number
    }

    private mutating func readSentence(_ first: Int, _ end: Int) {
        // "Can you please get a UPF running?" asks for a deed.
        let isQuestion =
            end < self.lexemes.count && self.isSymbol(end, "?") && !self.has(first, .opening) || self.has(first, .question) && !self.isCausative(first)
        var start = first
        var clause = self.opened(start, end, opensSentence: true)
        var at = clause.verb == nil ? first + 1 : clause.body
        /// The clause ends here; the next one has been opened.
        func goOn(with candidate: Clause, from next: Int) {
            clause.end = at
            self.close(clause, isQuestion)
            (start, clause, at) = (next, candidate, candidate.body)
        }
        while at < end {
            let separator = self.isConjunction(at) || self.isComma(at) || self.has(at, .sequence) || self.isSymbol(at, ":")
            if separator {
                var next = at + 1
                while next < end, self.isConjunction(next) || self.isComma(next) || self.has(next, .sequence) { next += 1 }
                let sequence = (at..<next).contains { self.has($0, .sequence) }
                if next < end {
                    var candidate = self.opened(next, end, opensSentence: false)
                    if let verbAt = candidate.verbAt, candidate.verb?.form == .base || sequence,
                        sequence || candidate.switchAt != nil || self.looksLikeVerb(verbAt, end), !(self.isSymbol(at, ":") && clause.verb != nil)
                    {
                        candidate.opensSentence = false
                        goOn(with: candidate, from: next)
                        continue
                    }
                }
                at = next
                continue
            }
            // "As agreed today please scale …"
            if clause.verb == nil, at > start, self.has(at, .please), at + 1 < end, self.meaning(at + 1)?.verb?.form == .base {
                let candidate = self.opened(at, end, opensSentence: clause.opensSentence)
                if candidate.verb?.form == .base {
                    goOn(with: candidate, from: at)
                    continue
                }
            }
            at += 1
        }
        clause.end = end
        self.close(clause, isQuestion)
    }

    private mutating func close(_ clause: Clause, _ isQuestion: Bool) {
        var clause = clause
        if clause.verb == nil { self.findLateVerb(&clause) }
        if !isQuestion,
            clause.verb == nil || clause.verb?.action == .report || clause.verb?.action == .scale || clause.verb?.action == .deploy
                || clause.verb?.action == .set
        {
            self.replaceCausative(&clause)
        }
        if clause.verb?.action == .ensure { self.replaceEnsured(&clause) }
        if clause.verb?.form == .gerund, clause.opensSentence, self.isSubject(clause) { clause.verb?.action = .vague }
        if let particle = clause.switchAt { self.lexemes[particle].used = true }
        if clause.verb?.action == .scale || clause.verb?.action == .make, clause.verb?.direction == nil,
            (clause.first..<clause.end).contains(where: { self.scalesItself($0) })
        {
            clause.verb?.action = .autoscale
        }
        clause.isQuestion = isQuestion
        if let action = clause.verb?.action, action != .report, !clause.negated, self.isDeniedBehind(clause) { clause.negated = true }
        if clause.end > clause.first { self.clauses.append(clause) }
    }

    /// A noun that could be a verb ("… and support for X") is none before a preposition or at the end.
    private func looksLikeVerb(_ index: Int, _ end: Int) -> Bool {
        let next = index + 1
        if self.workloadVerb(index, end) != nil { return true }
        guard let verb = self.meaning(index)?.verb else { return false }
        if [.deploy, .remove, .scale, .restart, .rollback, .migrate, .enable, .disable, .configure].contains(verb.action) {
            let word = self.word(index)
            if ![
                "form", "stage", "design", "access", "limit", "route", "start", "route", "allow", "patch", "take", "keep", "update", "upgrade", "clear",
                "cancel", "restrict", "steer", "block", "recycle", "transfer", "transition", "boot", "install",
            ].contains(word) {
                return true
            }
        }
        // "… and test it"
        if verb.action == .vague, ["it", "them"].contains(self.lastWord(index)) { return true }
        guard next < end else { return false }
        if self.isComma(next) || self.isConjunction(next) || self.isSymbol(next, ":") { return false }
        if let preposition = self.meaning(next)?.preposition {
            return ![.for, .of, .with, .in, .on, .by, .using].contains(preposition) || verb.action == .report && preposition == .of
        }
        if [.report, .vague, .make].contains(verb.action) {
            return self.meaning(next)?.verb == nil || self.has(next, .definite)
        }
        return true
    }

    /// Skips what may stand before a verb and looks whether there is one.
    private func opened(_ first: Int, _ end: Int, opensSentence: Bool) -> Clause {
        var at = first
        var negated = false
        let isQuestion = end < self.lexemes.count && self.isSymbol(end, "?")
        while at < end {
            // "In namespace x, …"
            if self.lexemes[at].used { at += 1; continue }
            // "> scale …", "# Scale …"
            if at == first, opensSentence, self.isSymbol(at, "#", ">>", ">") || self.isSymbolWord(at, ">") { at += 1; continue }
            guard let meaning = self.meaning(at) else {
                if self.isComma(at) || self.isSymbol(at, ":", "\n") || self.kind(at) == .quoted { at += 1; continue }
                break
            }
            // A verb phrase wins over an opening of the same words, unless another verb follows it.
            if meaning.verb != nil, !(meaning.has(.opening) && at + 1 < end && self.meaning(at + 1)?.verb?.form == .base) { break }
            if meaning.has(.negation) { negated = true; at += 1; continue }
            if meaning.has(.opening) || meaning.priority != nil || meaning.has(.urgent) || meaning.has(.recurrence) || meaning.has(.sequence)
                || meaning.has(.conjunction) || meaning.has(.relativeTime)
            {
                at += 1; continue
            }
            break
        }
        var clause = Clause(first: first, end: end, body: first, opensSentence: opensSentence)
        clause.negated = negated
        guard at < end else { return clause }
        // "turn the monitoring off"
        if ["turn", "switch"].contains(self.word(at)), self.lexemes[at].end == self.lexemes[at].first + 1, let particle = self.particleOfSwitch(at + 1, end) {
            clause.verb = VerbMeaning(action: self.word(particle) == "off" ? .disable : .enable)
            clause.verbAt = at
            clause.body = at + 1
            clause.switchAt = particle
            return clause
        }
        if let split = self.splitVerb(at, end) {
            clause.verb = split.verb
            clause.verbAt = at
            clause.body = at + 1
            clause.switchAt = split.particle
            return clause
        }
        guard let meaning = self.meaning(at) else { return clause }
        if meaning.has(.lightVerb) {
            // "perform a rolling update of …"
            var noun = at + 1
            while noun < end, noun < at + 4, self.meaning(noun)?.actionNoun == nil, self.isModifier(noun) { noun += 1 }
            if noun < end, let action = self.meaning(noun)?.actionNoun, self.meaning(noun + 1)?.preposition != nil || noun + 1 >= end || action != .configure {
                clause.verb = VerbMeaning(action: action)
                clause.verbAt = noun
                clause.body = noun + 1
                return clause
            }
        }
        if let verb = self.workloadVerb(at, end) {
            clause.verb = verb
            clause.verbAt = at
            clause.body = at + 1
            return clause
        }
        // "run 4 replicas of …"
        if self.word(at) == "run", self.kind(at + 1) == .number {
            clause.verb = VerbMeaning(action: .scale)
            clause.verbAt = at
            clause.body = at + 1
            return clause
        }
        if !isQuestion, meaning.verb?.action == .report, Self.auxiliaries.contains(self.word(at)) { return clause }
        if let verb = meaning.verb, verb.form == .base || verb.form == .gerund && opensSentence || verb.form == .third && opensSentence && at > first {
            // "test AMF": an environment or adjective first, unless it is plainly a verb.
            clause.verb = self.leadsToVerb(at, end) || self.leadsToNoun(verb, at, end) ? VerbMeaning(action: .vague) : verb
            clause.verbAt = at
            clause.body = at + 1
        } else if let action = meaning.actionNoun, opensSentence, self.meaning(at + 1)?.preposition == .of || self.meaning(at + 1)?.preposition == .for {
            clause.verb = VerbMeaning(action: action)
            clause.verbAt = at
            clause.body = at + 1
        }
        return clause
    }

    /// A sign that the vocabulary knows.
    private func isSymbolWord(_ index: Int, _ sign: String) -> Bool {
        index < self.lexemes.count && self.tokens[self.lexemes[index].first].kind == .symbol && self.word(index) == sign
    }

    /// "Deploying an AMF takes 5 minutes" says something of it.
    private func isSubject(_ clause: Clause) -> Bool {
        (clause.body..<clause.end).contains { at in
            if self.word(at) == "is", ["needed", "required", "requested", "necessary"].contains(self.word(at + 1)) { return false }
            return ["is", "was", "would", "will", "can", "could", "has", "does", "took", "fails", "failed"].contains(self.word(at))
                || self.meaning(at)?.verb?.form == .third && self.meaning(at)?.object == nil && self.meaning(at)?.attribute == nil
        }
    }

    /// "prepare to scale", "get ready to delete": not yet.
    private func leadsToVerb(_ at: Int, _ end: Int) -> Bool {
        let to = self.word(at + 1) == "ready" ? at + 2 : at + 1
        guard to + 1 < end, self.word(to) == "to", self.isSingleWord(to), let verb = self.meaning(to + 1)?.verb else { return false }
        return verb.form == .base && self.meaning(to + 1)?.object == nil && verb.action != .report
    }

    /// "prepare a restart": to make ready what is done later.
    private func leadsToNoun(_ verb: VerbMeaning, _ at: Int, _ end: Int) -> Bool {
        guard verb.action == .deploy, !self.has(at, .lightVerb) else { return false }
        var noun = at + 1
        while noun < end, self.has(noun, [.definite, .indefinite, .filler]), self.meaning(noun)?.actionNoun == nil { noun += 1 }
        guard noun < end, self.meaning(noun)?.object == nil, let action = self.meaning(noun)?.actionNoun else { return false }
        return [.restart, .remove, .migrate, .rollback, .scale].contains(action)
    }

    private static let splitParticles: Set<String> = ["up", "down", "back", "out", "online"]

    /// "tear the NSSF down", "roll the AMF back to 2.1"
    private func splitVerb(_ at: Int, _ end: Int) -> (verb: VerbMeaning, particle: Int)? {
        guard self.has(at, .separable), self.isSingleWord(at), self.word(at) != "bring" || self.has(at + 1, .indefinite) else { return nil }
        for particle in (at + 2)..<max(at + 2, min(end, at + 12)) {
            if self.isComma(particle) || self.meaning(particle)?.verb?.form == .base, self.meaning(particle)?.object == nil { return nil }
            guard Self.splitParticles.contains(self.word(particle)), self.isSingleWord(particle), !self.lexemes[particle].used,
                let verb = self.vocabulary.lexicon.meaning(of: self.word(at) + " " + self.word(particle))?.verb
            else { continue }
            let next = particle + 1
            let isLast =
                next >= end || self.meaning(next)?.preposition.map { $0 != .from } ?? false || self.isConjunction(next) || self.isComma(next)
                || self.has(next, [.sequence, .urgent, .opening, .condition, .relativeTime, .recurrence]) || self.lexemes[next].used
            return isLast ? (verb, particle) : nil
        }
        return nil
    }

    private func particleOfSwitch(_ first: Int, _ end: Int) -> Int? {
        (first..<max(first, min(end, first + 12))).first { at in
            ["on", "off"].contains(self.word(at)) && !self.lexemes[at].used
                && (at + 1 >= end || self.meaning(at + 1)?.preposition != nil || self.isConjunction(at + 1))
        }
    }

    /// "make sure that the SMF is restarted": what is ensured is the deed.
    private func replaceEnsured(_ clause: inout Clause) {
        let deeds: Set<Action> = [.deploy, .remove, .restart, .rollback, .migrate, .enable, .disable, .configure]
        for at in clause.body..<clause.end {
            guard let verb = self.meaning(at)?.verb, verb.form == .participle, deeds.contains(verb.action) else { continue }
            guard (max(clause.body, at - 3)..<at).contains(where: { ["is", "are", "be", "gets", "get", "been"].contains(self.word($0)) }) else { continue }
            if (clause.body..<at).contains(where: { self.has($0, .negation) }) { clause.negated = true }
            clause.verb = verb
            clause.verb?.form = .base
            clause.deedAt = at
            return
        }
    }

    /// Verbs that only ask when they open a question.
    static let auxiliaries: Set<String> = ["is", "are", "was", "were", "did", "does", "do", "has", "have"]

    /// "have a PCF deployed", "do a rolling restart": no question.
    private func isCausative(_ index: Int) -> Bool { ["have", "do"].contains(self.word(index)) && self.has(index + 1, [.indefinite, .definite]) }

    /// "get a UPF deployed", "bring a VNF into existence": the verb of the result is what is asked for.
    private func replaceCausative(_ clause: inout Clause) {
        var start = clause.first
        while start < clause.end, self.has(start, .opening) || self.isComma(start) { start += 1 }
        let word = self.word(clause.verbAt ?? start)
        // "give the AMF a restart"
        if word == "give", self.has(clause.end - 2, .indefinite), let action = self.meaning(clause.end - 1)?.actionNoun {
            clause.verb = VerbMeaning(action: action)
            clause.deedAt = clause.end - 1
            clause.end -= 2
            return
        }
        guard ["get", "have", "bring", "put", "call", "see"].contains(word) else { return }
        var at = max(clause.body, clause.first + 1)
        while at < clause.end {
            let isBegun =
                self.word(at) == "running" && ["get", "bring"].contains(word) && (at + 1 >= clause.end || self.meaning(at + 1)?.preposition != nil)
                && (start + 1..<at).contains { self.has($0, .indefinite) }
            if self.has(at, .existence) || isBegun {
                clause.verb = VerbMeaning(action: .deploy)
            } else if word == "get" || word == "have" || word == "see", let verb = self.meaning(at)?.verb, verb.form == .participle,
                ![.report, .name, .include].contains(verb.action)
            {
                clause.verb = verb
                clause.verb?.form = .base
            } else {
                at += 1
                continue
            }
            clause.deedAt = at
            clause.verbAt = clause.verbAt ?? start
            clause.body = max(clause.body, start + 1)
            clause.passive = false
            return
        }
    }

    func isModifier(_ index: Int) -> Bool {
        guard let meaning = self.meaning(index) else { return self.kind(index) == .compound }
        return meaning.has([.filler, .indefinite, .definite, .totality, .opening, .increment]) || meaning.quality != nil || meaning.environment != nil
            || meaning.feature != nil && meaning.object == nil
    }

    private static let causatives: Set<String> = ["let", "have", "make"]

    /// The verb of a clause that does not begin with one: "AMF should be scaled to 5", "urgent deployment of …".
    private func findLateVerb(_ clause: inout Clause) {
        if let trailing = self.trailingAction(clause) {
            (clause.verb, clause.verbAt, clause.passive) = (VerbMeaning(action: trailing.action), trailing.at, true)
            return
        }
        // "let the AMF scale itself"
        var sawModal = self.has(clause.first, .wish) || Self.causatives.contains(self.word(clause.first))
        var denied = false
        for index in clause.first..<clause.end {
            guard let meaning = self.meaning(index) else { continue }
            if meaning.has(.modal) {
                sawModal = true
                if index > clause.first, self.has(index + 1, .negation) { clause.negated = true }
            }
            // "the AMF must not be scaled", "nobody should delete it"
            if meaning.has(.negation), Self.deniers.contains(self.word(index)), self.word(index) != "no" || index == clause.first { denied = true }
            if let verb = meaning.verb, index > clause.first, verb.form == .participle || sawModal && verb.form == .base, verb.action != .name,
                verb.action != .include, verb.action != .report,
                sawModal
            {
                clause.verb = verb
                clause.verbAt = index
                clause.passive = true
                clause.negated = clause.negated || denied
                return
            }
            // "urgent deployment of …", never "prevent the deployment of …"
            if let action = meaning.actionNoun, self.meaning(index + 1)?.preposition == .of || index + 1 >= clause.end, meaning.verb == nil,
                index + 1 >= clause.end
                    || (clause.first..<index).allSatisfy({ self.kind($0) != .unknown && self.meaning($0)?.verb == nil && !self.has($0, .negation) })
            {
                clause.verb = VerbMeaning(action: action)
                clause.verbAt = index
                clause.passive = true
                return
            }
        }
    }
}
