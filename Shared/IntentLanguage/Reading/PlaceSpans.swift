import IntentModel

/// Where the places of an expectation's context stand in the text.
struct PlaceSpans {
    private let places: [PlaceFinding]
    /// Indices in `places` by value, in the order of the text; made for long texts only.
    private let byValue: [String: [Int]]?

    private static let longest = 8

    /// - Parameter places: in the order of the text.
    init(_ places: [PlaceFinding]) {
        self.places = places
        guard places.count > Self.longest else {
            self.byValue = nil
            return
        }
        var byValue: [String: [Int]] = [:]
        for (index, place) in places.enumerated() { byValue[place.value, default: []].append(index) }
        self.byValue = byValue
    }

    /// By member of the context: where it was said last before lexeme `end`, the end of its clause, else where it was said first.
    func spans(of context: Context, before end: Int) -> [String: Span]? {
        guard !self.places.isEmpty else { return nil }
        var spans: [String: Span] = [:]
        func add(_ name: String, _ value: String?, _ kind: PlaceKind?) {
            guard let value, let span = self.span(of: value, kind, before: end) else { return }
            spans[name] = span
        }
        add("namespace", context.namespace, .namespace)
        add("cluster", context.cluster, .cluster)
        add("region", context.region, .region)
        add("site", context.site, .site)
        add("zone", context.zone, .zone)
        add("tenant", context.tenant, .tenant)
        add("from", context.from, nil)
        return spans.isEmpty ? nil : spans
    }

    private func span(of value: String, _ kind: PlaceKind?, before end: Int) -> Span? {
        func fits(_ place: PlaceFinding) -> Bool { place.value == value && (kind == nil ? place.isOrigin : place.kind == kind) }
        if let byValue {
            let said = byValue[value] ?? []
            var low = 0, high = said.count
            while low < high {
                let middle = (low + high) / 2
                if self.places[said[middle]].at < end { low = middle + 1 } else { high = middle }
            }
            // The same word is seldom a place of two kinds: a look around is enough.
            for index in said[max(0, low - Self.longest)..<low].reversed() where fits(self.places[index]) { return self.places[index].span }
            return said.prefix(Self.longest).first { fits(self.places[$0]) }.map { self.places[$0].span }
        }
        return (self.places.last { $0.at < end && fits($0) } ?? self.places.first(where: fits))?.span
    }
}
