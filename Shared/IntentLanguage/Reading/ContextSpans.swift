import IntentModel

/// Where an expectation's action and circumstances stand in the text.
struct ContextSpans {
    private let sayings: [Saying]
    /// Indices in `sayings` by value, in the order of the text; made for long texts only.
    private let byValue: [String: [Int]]?

    private static let longest = 16

    init(_ reading: Reading) {
        var sayings = reading.sayings
        for place in reading.places {
            sayings.append(Saying(at: place.at, member: place.kind.rawValue, value: place.value, span: place.span))
            if place.isOrigin { sayings.append(Saying(at: place.at, member: "from", value: place.value, span: place.span)) }
        }
        sayings.sort { $0.at < $1.at }
        self.sayings = sayings
        guard sayings.count > Self.longest else {
            self.byValue = nil
            return
        }
        var byValue: [String: [Int]] = [:]
        for (index, saying) in sayings.enumerated() { byValue[saying.value, default: []].append(index) }
        self.byValue = byValue
    }

    /// By member of the context: where it was said last before lexeme `end`, the end of its clause, else where it was said first; the action as `verb`.
    func spans(of context: Context, verb: Span?, before end: Int) -> [String: Span]? {
        var spans: [String: Span] = [:]
        spans["verb"] = verb
        func add(_ name: String, _ value: String?) {
            guard let value, let span = self.span(of: value, name, before: end) else { return }
            spans[name] = span
        }
        if !self.sayings.isEmpty {
            add("namespace", context.namespace)
            add("cluster", context.cluster)
            add("region", context.region)
            add("site", context.site)
            add("zone", context.zone)
            add("tenant", context.tenant)
            add("from", context.from)
            add("environment", context.environment)
            add("slice", context.slice.map { String($0.sst) })
            add("plmn", context.plmn)
            add("dnn", context.dnn)
            add("tac", context.tac)
            add("cell", context.cell)
            add("gnb", context.gnb)
            add("ue", context.ue)
            add("use", context.use)
            add("window", context.window.flatMap { $0.start ?? $0.end ?? $0.recurrence })
            add("urgency", context.urgency)
            for quality in context.qualities ?? [] { add("qualities.\(quality)", quality) }
            for name in context.depends ?? [] { add("depends.\(name)", name) }
        }
        return spans.isEmpty ? nil : spans
    }

    private func span(of value: String, _ member: String, before end: Int) -> Span? {
        func fits(_ saying: Saying) -> Bool { saying.value == value && saying.member == member }
        if let byValue {
            let said = byValue[value] ?? []
            var low = 0, high = said.count
            while low < high {
                let middle = (low + high) / 2
                if self.sayings[said[middle]].at < end { low = middle + 1 } else { high = middle }
            }
            // The same word is seldom said of two things: a look around is enough.
            for index in said[max(0, low - Self.longest)..<low].reversed() where fits(self.sayings[index]) { return self.sayings[index].span }
            return said.prefix(Self.longest).first { fits(self.sayings[$0]) }.map { self.sayings[$0].span }
        }
        return (self.sayings.last { $0.at < end && fits($0) } ?? self.sayings.first(where: fits))?.span
    }
}
