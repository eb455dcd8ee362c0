/// Compiles a pattern to the instructions of ``SchemaPattern`` (Thompson's construction).
struct PatternCompiler {
    private typealias Program = [SchemaPattern.Instruction]

    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ pattern: String) { self.scalars = Array(pattern.unicodeScalars) }

    mutating func compile() throws(SchemaPattern.Unsupported) -> [SchemaPattern.Instruction] {
        guard self.scalars.count <= 1_024 else { throw .init(reason: "too long") }
        let program = try self.alternatives(depth: 0)
        guard self.position == self.scalars.count else { throw .init(reason: "an unmatched ')'") }
        return program + [.match]
    }

    private var next: Unicode.Scalar? { self.position < self.scalars.count ? self.scalars[self.position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard self.next == scalar else { return false }
        self.position += 1
        return true
    }

    private mutating func alternatives(depth: Int) throws(SchemaPattern.Unsupported) -> Program {
        guard depth < 32 else { throw .init(reason: "nested too deep") }
        var program = try self.sequence(depth: depth)
        while self.take("|") {
            let other = try self.sequence(depth: depth)
            program =
                [.split(1, program.count + 2)] + PatternCompiler.moved(program, by: 1) + [.jump(program.count + 2 + other.count)]
                + PatternCompiler.moved(other, by: program.count + 2)
        }
        return program
    }

    private mutating func sequence(depth: Int) throws(SchemaPattern.Unsupported) -> Program {
        var program: Program = []
        while let scalar = self.next, scalar != "|", scalar != ")" {
            let atom = try self.atom(depth: depth)
            let repeated = try self.repeated(atom)
            guard program.count + repeated.count < SchemaPattern.limit else { throw .init(reason: "too long") }
            program += PatternCompiler.moved(repeated, by: program.count)
        }
        return program
    }

    private mutating func atom(depth: Int) throws(SchemaPattern.Unsupported) -> Program {
        guard let scalar = self.next else { throw .init(reason: "it ends too early") }
        self.position += 1
        switch scalar {
        case "^": return [.start]
        case "$": return [.end]
        case ".": return [.scalar(.anyButNewline)]
        case "(":
            if self.take("?") { guard self.take(":") else { throw .init(reason: "look-around and named groups are not supported") } }
            let group = try self.alternatives(depth: depth + 1)
            guard self.take(")") else { throw .init(reason: "a group does not end") }
            return group
        case "[": return [.scalar(try self.characterClass())]
        case "\\": return [.scalar(try self.escape())]
        case "*", "+", "?": throw .init(reason: "nothing to repeat")
        default: return [.scalar(.one(scalar))]
        }
    }

    private mutating func escape() throws(SchemaPattern.Unsupported) -> CharacterSetRanges {
        guard let scalar = self.next else { throw .init(reason: "it ends after '\\'") }
        self.position += 1
        switch scalar {
        case "d": return .digits
        case "w": return .word
        case "s": return .space
        case "D": return CharacterSetRanges(ranges: CharacterSetRanges.digits.ranges, inverted: true)
        case "W": return CharacterSetRanges(ranges: CharacterSetRanges.word.ranges, inverted: true)
        case "S": return CharacterSetRanges(ranges: CharacterSetRanges.space.ranges, inverted: true)
        case "n": return .one("\n")
        case "r": return .one("\r")
        case "t": return .one("\t")
        default:
            // Letters and digits escape classes and back references we do not know; punctuation means itself.
            guard !CharacterSetRanges.word.contains(scalar) || scalar == "_" else { throw .init(reason: "'\\\(scalar)' is not supported") }
            return .one(scalar)
        }
    }

    private mutating func characterClass() throws(SchemaPattern.Unsupported) -> CharacterSetRanges {
        var set = CharacterSetRanges(ranges: [], inverted: self.take("^"))
        while let scalar = self.next {
            self.position += 1
            if scalar == "]" { return set }
            var low = scalar
            if scalar == "\\" {
                let escaped = try self.escape()
                guard !escaped.inverted else { throw .init(reason: "an inverted class inside a class") }
                guard escaped.ranges.count == 1, let range = escaped.ranges.first, range.count == 1, let only = Unicode.Scalar(range.lowerBound) else {
                    set.ranges += escaped.ranges
                    continue
                }
                low = only
            }
            if self.next == "-", self.position + 1 < self.scalars.count, self.scalars[self.position + 1] != "]" {
                self.position += 1
                var high = self.scalars[self.position]
                self.position += 1
                if high == "\\" {
                    let escaped = try self.escape()
                    guard let range = escaped.ranges.first, range.count == 1, let only = Unicode.Scalar(range.lowerBound) else {
                        throw .init(reason: "a range to a class")
                    }
                    high = only
                }
                guard low.value <= high.value else { throw .init(reason: "a range that runs backwards") }
                set.ranges.append(low.value...high.value)
            } else {
                set.ranges.append(low.value...low.value)
            }
        }
        throw .init(reason: "a character class does not end")
    }

    private mutating func repeated(_ atom: Program) throws(SchemaPattern.Unsupported) -> Program {
        let bounds: (low: Int, high: Int?)
        if self.take("*") {
            bounds = (0, nil)
        } else if self.take("+") {
            bounds = (1, nil)
        } else if self.take("?") {
            bounds = (0, 1)
        } else if self.next == "{", let counted = try self.counted() {
            bounds = counted
        } else {
            return atom
        }
        _ = self.take("?")  // a lazy match is the same match: only its occurrence is asked
        let copies = max(bounds.low, bounds.high ?? bounds.low + 1)
        guard copies * (atom.count + 1) < SchemaPattern.limit else { throw .init(reason: "too long") }
        var program: Program = []
        for _ in 0..<bounds.low { program += PatternCompiler.moved(atom, by: program.count) }
        guard let high = bounds.high else {
            let start = program.count
            return program + [.split(start + 1, start + atom.count + 2)] + PatternCompiler.moved(atom, by: start + 1) + [.jump(start)]
        }
        let end = program.count + max(0, high - bounds.low) * (atom.count + 1)
        for _ in 0..<max(0, high - bounds.low) {
            program.append(.split(program.count + 1, end))
            program += PatternCompiler.moved(atom, by: program.count)
        }
        return program
    }

    /// `{n}`, `{n,}` or `{n,m}`; nil, and nothing consumed, when the brace means itself.
    private mutating func counted() throws(SchemaPattern.Unsupported) -> (low: Int, high: Int?)? {
        let start = self.position
        self.position += 1
        guard let low = self.count() else {
            self.position = start
            return nil
        }
        var high: Int? = low
        if self.take(",") { high = self.count() }
        guard self.take("}") else {
            self.position = start
            return nil
        }
        if let high, high < low { throw .init(reason: "a count that runs backwards") }
        return (low, high)
    }

    private mutating func count() -> Int? {
        var value: Int?
        while let scalar = self.next, let digit = Character(scalar).wholeNumberValue, scalar.isASCII, digit < 10 {
            value = min((value ?? 0) * 10 + digit, 100_000)
            self.position += 1
        }
        return value
    }

    private static func moved(_ program: Program, by offset: Int) -> Program {
        program.map {
            switch $0 {
            case .split(let a, let b): .split(a + offset, b + offset)
            case .jump(let target): .jump(target + offset)
            default: $0
            }
        }
    }
}
