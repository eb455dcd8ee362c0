/// A regular expression as schemas use it (ECMA 262 without look-around, back references and word boundaries), matched in time
/// proportional to text × pattern: schemas come from peers, and none may make us backtrack.
package struct SchemaPattern: Sendable, Equatable {
    package struct Unsupported: Error, Equatable { package let reason: String }

    enum Instruction: Sendable, Equatable {
        case scalar(CharacterSetRanges)
        case split(Int, Int)
        case jump(Int)
        case start, end, match
    }

    let program: [Instruction]
    /// Instructions after which a pattern is refused: `(a{1000}){1000}` must not cost memory.
    static let limit = 4_096

    package init(_ pattern: String) throws(Unsupported) {
        var compiler = PatternCompiler(pattern)
        self.program = try compiler.compile()
    }

    /// Whether the pattern occurs anywhere in `text`, as JSON Schema has it.
    package func occurs(in text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var current = Set<Int>()
        for position in 0...scalars.count {
            if self.follow(0, at: position, of: scalars.count, into: &current) { return true }
            guard position < scalars.count else { return false }
            var next = Set<Int>()
            for state in current {
                guard case .scalar(let ranges) = self.program[state], ranges.contains(scalars[position]) else { continue }
                if self.follow(state + 1, at: position + 1, of: scalars.count, into: &next) { return true }
            }
            current = next
        }
        return false
    }

    /// Adds what is reachable without consuming anything; true when the pattern has matched.
    private func follow(_ state: Int, at position: Int, of count: Int, into states: inout Set<Int>) -> Bool {
        var pending = [state]
        var matched = false
        while let state = pending.popLast() {
            guard states.insert(state).inserted else { continue }
            switch self.program[state] {
            case .scalar: break
            case .split(let a, let b): pending.append(contentsOf: [a, b])
            case .jump(let target): pending.append(target)
            case .start: if position == 0 { pending.append(state + 1) }
            case .end: if position == count { pending.append(state + 1) }
            case .match: matched = true
            }
        }
        return matched
    }
}

/// A set of characters as ranges of code points.
struct CharacterSetRanges: Sendable, Equatable {
    var ranges: [ClosedRange<UInt32>]
    var inverted = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        self.ranges.contains { $0.contains(scalar.value) } != self.inverted
    }

    static let digits = CharacterSetRanges(ranges: [0x30...0x39])
    static let word = CharacterSetRanges(ranges: [0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a])
    static let space = CharacterSetRanges(ranges: [0x09...0x0d, 0x20...0x20, 0xa0...0xa0, 0x2028...0x2029, 0xfeff...0xfeff])
    static let anyButNewline = CharacterSetRanges(ranges: [0x0a...0x0a, 0x0d...0x0d, 0x2028...0x2029], inverted: true)

    static func one(_ scalar: Unicode.Scalar) -> CharacterSetRanges { CharacterSetRanges(ranges: [scalar.value...scalar.value]) }
}
