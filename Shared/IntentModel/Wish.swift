/// What a plan wants of one object, as far as another live intent may want it otherwise.
package struct Wish: Codable, Sendable, Equatable {
    package enum Change: String, Codable, Sendable, CaseIterable {
        /// Some of its attributes.
        case set
        /// All of it: an earlier revision.
        case replace
        /// It stays as it is and starts anew.
        case roll
        case delete
    }

    /// Name that two plans share when they change the same thing: `package:<path>` or `policy:<RIC>/<policy>`.
    package var object: String
    package var change: Change
    /// Attribute → what it is to be. Of a replacement its `revision`, of a deletion where it goes (`to`), if it does.
    package var values: [String: String]
    /// Attribute → the step from what is there ("increaseBy 1"). Steps of several intents add up.
    package var steps: [String: String]

    package init(object: String, change: Change, values: [String: String] = [:], steps: [String: String] = [:]) {
        self.object = object
        self.change = change
        self.values = values
        self.steps = steps
    }

    package struct Clash: Sendable, Equatable {
        package var kind: Conflict.Kind
        package var attribute: String?
        package var theirs: String
        package var ours: String
    }

    /// What of this wish and of another's for the same object cannot both be, in the order of the attributes.
    package func clashes(with other: Wish) -> [Clash] {
        switch (self.change, other.change) {
        case (.delete, .delete):
            self.values["to"] == other.values["to"] ? [] : [Clash(kind: .expectation, attribute: nil, theirs: other.words, ours: self.words)]
        case (.delete, _), (_, .delete): [Clash(kind: .expectation, attribute: nil, theirs: other.words, ours: self.words)]
        case (.roll, _), (_, .roll): []
        case (.replace, .set), (.set, .replace): [Clash(kind: .expectation, attribute: nil, theirs: other.words, ours: self.words)]
        case (.replace, .replace), (.set, .set):
            self.said.compactMap { attribute, ours in
                guard let theirs = other.said[attribute] else { return nil }
                // Steps add up in any order, and the same value twice is no dispute.
                let agree = self.values[attribute] == nil ? other.values[attribute] == nil : ours == theirs
                return agree ? nil : Clash(kind: .target, attribute: attribute, theirs: theirs, ours: ours)
            }.sorted { ($0.attribute ?? "") < ($1.attribute ?? "") }
        }
    }

    private var said: [String: String] { self.values.merging(self.steps) { value, _ in value } }

    /// For people.
    package var words: String {
        switch self.change {
        case .delete: self.values["to"].map { "moved to \($0)" } ?? "removed"
        case .roll: "restarted"
        case .replace: "back at revision \(self.values["revision"] ?? "")"
        case .set:
            self.said.isEmpty ? "deployed" : self.said.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
    }
}
