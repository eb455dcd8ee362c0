/// Text with places that differ in every request: `{{seq}}` (0-based number of the request), `{{uuid}}` (version 4), `{{run}}` (the same within a
/// run, another in the next), `{{int:1-5}}` (a whole number of the range) and `{{pick:FILE}}` (a line of a file, as it is).
struct Template: Sendable, Equatable {
    enum Piece: Sendable, Equatable {
        case text([UInt8])
        case sequence
        case uuid
        case run
        case integer(ClosedRange<Int>)
        case pick([[UInt8]])
    }

    let pieces: [Piece]

    /// - Parameter lines: the lines of a file that `{{pick:…}}` names.
    init(_ source: String, lines: (String) throws -> [[UInt8]]) throws {
        var pieces: [Piece] = []
        var rest = source[...]
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex { pieces.append(.text(Array(rest[..<open.lowerBound].utf8))) }
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                throw LoadError.usage("a place of the template has no end: \(rest[open.lowerBound...])")
            }
            pieces.append(try Self.piece(String(rest[open.upperBound..<close.lowerBound]), lines))
            rest = rest[close.upperBound...]
        }
        if !rest.isEmpty { pieces.append(.text(Array(rest.utf8))) }
        self.pieces = pieces
    }

    /// Text in which nothing differs, braces and all.
    init(literal: String) { self.pieces = literal.isEmpty ? [] : [.text(Array(literal.utf8))] }

    private static func piece(_ place: String, _ lines: (String) throws -> [[UInt8]]) throws -> Piece {
        let parts = place.split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts.first ?? "", parts.count > 1 ? parts[1] : nil) {
        case ("seq", nil): return .sequence
        case ("uuid", nil): return .uuid
        case ("run", nil): return .run
        case ("int", let range?):
            let ends = range.split(separator: "-").compactMap { Int($0) }
            guard ends.count == 2, ends[0] <= ends[1] else { throw LoadError.usage("{{int:FROM-TO}} takes two whole numbers, not \(range)") }
            return .integer(ends[0]...ends[1])
        case ("pick", let file?):
            let found = try lines(file)
            guard !found.isEmpty else { throw LoadError.usage("there is no line in \(file)") }
            return .pick(found)
        default: throw LoadError.usage("{{\(place)}} is no place of a template: seq, uuid, run, int:FROM-TO, pick:FILE")
        }
    }

    /// The bytes, when nothing in it differs.
    var constant: [UInt8]? {
        var out: [UInt8] = []
        for piece in self.pieces {
            guard case .text(let bytes) = piece else { return nil }
            out += bytes
        }
        return out
    }

    func append(to out: inout [UInt8], sequence: Int, run: [UInt8], random: inout SplitMix) {
        for piece in self.pieces {
            switch piece {
            case .text(let bytes): out += bytes
            case .sequence: out.appendDecimal(sequence)
            case .uuid: out.appendUUID(&random)
            case .run: out += run
            case .integer(let range): out.appendDecimal(Int.random(in: range, using: &random))
            case .pick(let lines): out += lines[Int(random.next() % UInt64(lines.count))]
            }
        }
    }
}

extension [UInt8] {
    mutating func appendDecimal(_ number: Int) {
        guard number >= 10 || number < 0 else { return self.append(UInt8(ascii: "0") + UInt8(number)) }
        self += String(number).utf8
    }

    fileprivate mutating func appendUUID(_ random: inout SplitMix) {
        let digits: StaticString = "0123456789abcdef"
        let high = (random.next() & 0xffff_ffff_ffff_0fff) | 0x4000
        let low = (random.next() & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000
        for place in 0..<32 {
            if place == 8 || place == 12 || place == 16 || place == 20 { self.append(UInt8(ascii: "-")) }
            let word = place < 16 ? high : low
            self.append(digits.utf8Start[Int((word >> UInt64(60 - 4 * (place % 16))) & 15)])
        }
    }
}
