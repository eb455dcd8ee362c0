import IntentModel

/// A sentence with stretches of it underlined and numbered, broken into lines of a width.
struct UnderlinedText {
    private struct Cell {
        var text: String
        /// Columns on a terminal: two for the wide characters of East Asian scripts.
        var width: Int
        /// UTF-8 offset in the sentence.
        var start: Int
        var end: Int
    }

    let lines: [String]

    /// The number of a span is its place in `spans`, from 1.
    init(_ sentence: String, spans: [Span], width: Int) {
        var cells: [Cell] = []
        var offset = 0
        for character in sentence {
            let bytes = character.utf8.count
            let isControl = character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
            cells.append(
                Cell(text: isControl ? "·" : String(character), width: Self.width(of: character), start: offset, end: offset + bytes))
            offset += bytes
        }
        var lines: [String] = []
        var rest = cells[...]
        while !rest.isEmpty {
            let line = Self.line(rest, width)
            rest = rest.dropFirst(line.count)
            lines += Self.rendered(line, spans)
        }
        self.lines = lines
    }

    private static func width(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first?.value else { return 0 }
        switch scalar {
        case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1faff,
            0x20000...0x3fffd:
            return 2
        default: return 1
        }
    }

    /// As much as fits, up to the last space where there is one.
    private static func line(_ cells: ArraySlice<Cell>, _ width: Int) -> ArraySlice<Cell> {
        var columns = 0
        var end = cells.startIndex
        while end < cells.endIndex, columns + cells[end].width <= max(20, width) {
            columns += cells[end].width
            end += 1
        }
        if end < cells.endIndex, let space = cells[..<end].lastIndex(where: { $0.text == " " }), space > cells.startIndex { end = space + 1 }
        return cells[..<end]
    }

    private static func rendered(_ line: ArraySlice<Cell>, _ spans: [Span]) -> [String] {
        var marks = "", numbers = ""
        var column = 0, numbered = 0
        for cell in line {
            let isMarked = spans.contains { $0.start <= cell.start && cell.end <= $0.end }
            marks += String(repeating: isMarked ? "^" : " ", count: cell.width)
            for (index, span) in spans.enumerated() where span.start == cell.start && column >= numbered {
                let label = "\(index + 1)"
                numbers += String(repeating: " ", count: column - numbers.count) + label
                numbered = numbers.count + 1
            }
            column += cell.width
        }
        let text = line.map(\.text).joined()
        return [text, Self.trimmed(marks), Self.trimmed(numbers)].filter { !$0.isEmpty }
    }

    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }
}
