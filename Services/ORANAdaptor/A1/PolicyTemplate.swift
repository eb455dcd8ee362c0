package import JSONSchema

/// How a RIC's own policy type says what a standard type says: a document with places, read in both directions.
///
/// A place is a text `${path}` or `${path * factor}`; the path leads into the standard document (`scope.sliceId.sst`). Members whose places
/// have no value are left out; a list is sent whole or, when one of its places has no value, not at all. Everything else of the document is sent as it is.
package struct PolicyTemplate: Sendable, Equatable {
    /// Identifier of the RIC's own type, as it lists it.
    package let type: String
    /// Identifier of the standard type it stands for.
    package let standard: String
    /// RICs it is for; empty for all that offer the type.
    package let rics: [String]
    package let document: JSONValue

    package struct Unexpressed: Error, Equatable, CustomStringConvertible {
        /// Paths of the standard document that the template has no place for.
        package let paths: [String]
        package var description: String { "the template has no place for \(self.paths.joined(separator: ", "))" }
    }

    package init(type: String, standard: String, rics: [String] = [], document: JSONValue) {
        self.type = type
        self.standard = standard
        self.rics = rics
        self.document = document
    }

    struct Place: Equatable {
        var path: [String]
        var factor: Double

        /// Nil for a text that is no place.
        init?(_ text: String) {
            guard text.hasPrefix("${"), text.hasSuffix("}") else { return nil }
            let parts = text.dropFirst(2).dropLast().split(separator: "*", omittingEmptySubsequences: false).map { part in
                String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            guard parts.count <= 2, !parts[0].isEmpty else { return nil }
            self.path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard self.path.allSatisfy({ !$0.isEmpty }) else { return nil }
            self.factor = 1
            if parts.count == 2 {
                guard let factor = Double(parts[1]), factor.isFinite, factor != 0 else { return nil }
                self.factor = factor
            }
        }
    }

    // MARK: There and back

    /// The RIC's document for a standard one. Nothing of it is dropped: what has no place is an error.
    package func rendered(_ standard: JSONValue) throws(Unexpressed) -> JSONValue {
        var used: [[String]] = []
        let result = Self.fill(self.document, from: standard, &used) ?? .object([:])
        let left = Self.leaves(of: standard, at: []).filter { leaf in !used.contains { leaf.starts(with: $0) } }
        guard left.isEmpty else { throw Unexpressed(paths: left.map { $0.joined(separator: ".") }.sorted()) }
        return result
    }

    /// The standard document that would be rendered so; nil when a constant of the template differs, since then it is not ours to read.
    package func read(_ document: JSONValue) -> JSONValue? {
        var standard = JSONValue.object([:])
        // Not `? standard : nil`: a JSON value can be written as `nil`, too, and would be null.
        guard Self.collect(self.document, document, into: &standard) else { return Optional.none }
        return standard
    }

    private static func fill(_ template: JSONValue, from standard: JSONValue, _ used: inout [[String]]) -> JSONValue? {
        switch template {
        case .string(let text):
            guard let place = Place(text) else { return template }
            guard let value = place.path.reduce(Optional(standard), { $0?[$1] }) else { return nil }
            used.append(place.path)
            guard place.factor != 1, let number = value.number else { return value }
            return .number(Self.rounded(number * place.factor))
        case .object(let members):
            let filled = members.compactMapValues { Self.fill($0, from: standard, &used) }
            guard !filled.isEmpty || members.isEmpty else { return Optional.none }
            return .object(filled)
        case .array(let elements):
            // An element less would move the others to places that are not theirs.
            var (filled, inside): ([JSONValue], [[String]]) = ([], [])
            for element in elements {
                guard let value = Self.fill(element, from: standard, &inside) else { return Optional.none }
                filled.append(value)
            }
            used += inside
            return .array(filled)
        default: return template
        }
    }

    private static func collect(_ template: JSONValue, _ document: JSONValue?, into standard: inout JSONValue) -> Bool {
        switch template {
        case .string(let text):
            guard let place = Place(text) else { return document == template }
            // Left out when it had no value.
            guard var value = document else { return true }
            if place.factor != 1, let number = value.number { value = .number(Self.rounded(number / place.factor)) }
            standard = Self.setting(value, at: place.path[...], in: standard)
            return true
        case .object(let members):
            guard document == nil || document?.object != nil else { return false }
            for (name, member) in members {
                if document == nil, !Self.hasPlaces(member) { continue }
                guard Self.collect(member, document?[name], into: &standard) else { return false }
            }
            return true
        case .array(let elements):
            guard let document else { return true }
            guard let held = document.array, held.count == elements.count else { return false }
            for (element, value) in zip(elements, held) { guard Self.collect(element, value, into: &standard) else { return false } }
            return true
        default: return document == template
        }
    }

    private static func setting(_ value: JSONValue, at path: ArraySlice<String>, in object: JSONValue) -> JSONValue {
        guard let name = path.first else { return value }
        var members = object.object ?? [:]
        members[name] = Self.setting(value, at: path.dropFirst(), in: members[name] ?? .object([:]))
        return .object(members)
    }

    private static func hasPlaces(_ template: JSONValue) -> Bool {
        switch template {
        case .string(let text): Place(text) != nil
        case .object(let members): members.values.contains(where: Self.hasPlaces)
        case .array(let elements): elements.contains(where: Self.hasPlaces)
        default: false
        }
    }

    private static func leaves(of value: JSONValue, at path: [String]) -> [[String]] {
        guard let members = value.object, !members.isEmpty else { return [path] }
        return members.flatMap { Self.leaves(of: $1, at: path + [$0]) }
    }

    /// Products carry binary noise no RIC should see.
    private static func rounded(_ number: Double) -> Double { (number * 1e6).rounded() / 1e6 }
}
