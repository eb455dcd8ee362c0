/// Columns that line up; the last takes what is left of the line.
struct Table {
    let header: [String]
    private(set) var rows: [[String]] = []

    init(_ header: String...) { self.header = header }

    mutating func add(_ row: String...) { self.rows.append(row) }

    /// - Parameter width: columns of the terminal; the last column is cut to fit, nothing is without one.
    func lines(width: Int? = nil, style: (String) -> String = { $0 }) -> [String] {
        let widths = self.header.indices.map { column in
            ([self.header] + self.rows).map { Self.width(of: $0[column]) }.max() ?? 0
        }
        let leading = widths.dropLast().reduce(0) { $0 + $1 + 2 }
        return ([self.header] + self.rows).enumerated().map { index, row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let cell = cell.replacing("\n", with: " ")
                if column == row.count - 1 {
                    line += width.map { Self.cut(cell, to: max(8, $0 - leading)) } ?? cell
                } else {
                    line += cell + String(repeating: " ", count: max(0, widths[column] - Self.width(of: cell)) + 2)
                }
            }
            return index == 0 ? style(line) : line
        }
    }

    /// Characters of East Asian scripts and emoji take two cells (Unicode UAX #11, wide).
    static func width(of text: String) -> Int { text.reduce(0) { $0 + (self.isWide($1.unicodeScalars.first?.value ?? 0) ? 2 : 1) } }

    private static func isWide(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6,
            0x1f300...0x1faff, 0x20000...0x3fffd:
            true
        default: false
        }
    }

    static func cut(_ text: String, to width: Int) -> String {
        guard self.width(of: text) > width else { return text }
        var cut = ""
        var used = 1
        for character in text {
            used += self.width(of: String(character))
            if used > width { break }
            cut.append(character)
        }
        return cut + "…"
    }
}
