import IntentModel

/// Which values of an attribute may be asked for, and which are nearest to one that may not.
package struct AllowedValues: Sendable, Equatable {
    /// Ascending, not touching each other; a single value is a range of itself.
    let pieces: [ClosedRange<Double>]
    let whole: Bool
    /// Of an identifier that is written in digits, how many there are; empty where that does not matter.
    let digits: [Int]

    init(_ pieces: [ClosedRange<Double>], whole: Bool = false, digits: [Int] = []) {
        self.pieces = pieces
        self.whole = whole
        self.digits = digits
    }

    init(_ range: ClosedRange<Int>) { self.init([Double(range.lowerBound)...Double(range.upperBound)], whole: true) }

    init(_ reader: CatalogueReader, isIdentifier: Bool = false) throws(CatalogueError) {
        try reader.keys(isIdentifier ? ["allowed", "whole", "digits"] : ["allowed", "whole"])
        var pieces: [ClosedRange<Double>] = []
        for item in try reader.required("allowed").list() {
            if let ends = try? item.list() {
                guard ends.count == 2 else { throw item.fault("[least, most] is expected") }
                let (low, high) = (try ends[0].number(), try ends[1].number())
                guard low <= high else { throw item.fault("runs backwards") }
                pieces.append(low...high)
            } else {
                let value = try item.number()
                pieces.append(value...value)
            }
            if pieces.count > 1, pieces[pieces.count - 1].lowerBound <= pieces[pieces.count - 2].upperBound {
                throw item.fault("does not come after the one before it")
            }
        }
        guard !pieces.isEmpty else { throw reader.fault("allowed: at least one value or [least, most] is expected") }
        var digits: [Int] = []
        for item in try reader["digits"]?.list() ?? [] { digits.append(try item.integer(in: 1...9)) }
        self.init(pieces, whole: try reader["whole"]?.boolean() ?? false, digits: digits)
    }

    func contains(_ value: Double) -> Bool { (!self.whole || value == value.rounded()) && self.pieces.contains { $0.contains(value) } }

    /// Whether a text is such a value, in as many decimal digits as it must have.
    func contains(digits text: some StringProtocol) -> Bool {
        guard !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let value = Double(text) else { return false }
        return self.contains(value) && (self.digits.isEmpty || self.digits.contains(text.utf8.count))
    }

    /// The allowed values next below and next above one that is not allowed.
    func nearest(to value: Double) -> [Double] {
        guard value.isFinite else { return [] }
        var below: Double?
        var above: Double?
        for piece in self.pieces {
            if piece.contains(value) {
                // Within, but not whole.
                return [value.rounded(.down), value.rounded(.up)].filter(piece.contains)
            }
            if piece.upperBound < value { below = piece.upperBound }
            if piece.lowerBound > value, above == nil { above = piece.lowerBound }
        }
        return [below, above].compactMap { $0 }
    }

    /// "1 to 10, 65 to 67 or 76".
    var words: String {
        func text(_ value: Double) -> String { TargetValue.number(value).description }
        let parts = self.pieces.map { $0.lowerBound == $0.upperBound ? text($0.lowerBound) : "\(text($0.lowerBound)) to \(text($0.upperBound))" }
        guard parts.count > 1, let last = parts.last else { return parts.first ?? "" }
        return "\(parts.dropLast().joined(separator: ", ")) or \(last)"
    }

    /// Parts of the identifiers of a network that are numbers.
    private static let identifiers: Set<String> = ["mcc", "mnc", "tac"]

    /// Ranges by attribute, or by part of an identifier, from a mapping; only numbers have one.
    static func table(_ reader: CatalogueReader) throws(CatalogueError) -> [String: AllowedValues] {
        var table: [String: AllowedValues] = [:]
        for member in try reader.members() {
            if self.identifiers.contains(member.key) {
                table[member.key] = try AllowedValues(member.value, isIdentifier: true)
                continue
            }
            guard Attribute.table[member.key]?.kind == .number else { throw member.value.fault("'\(member.key)' is no attribute with a number") }
            guard !["replicas", "minReplicas", "maxReplicas"].contains(member.key) else {
                throw member.value.fault("how many replicas a function may have is under its 'replicas'")
            }
            table[member.key] = try AllowedValues(member.value)
        }
        return table
    }
}
