/// The refs that git keeps in one file: `<40 digits> <name>` a line, sorted by name where the first line says so, `^<40 digits>` below an annotated tag.
struct PackedRefs {
    private let file: MappedFile
    private let isSorted: Bool

    private var bytes: UnsafeRawBufferPointer { self.file.bytes }

    init(_ file: MappedFile) {
        self.file = file
        let bytes = file.bytes
        let header = bytes.starts(with: "# pack-refs".utf8) ? Array(bytes.prefix { $0 != UInt8(ascii: "\n") }) : []
        self.isSorted = String(decoding: header, as: UTF8.self).split(separator: " ").contains("sorted")
    }

    func value(of name: String) -> ObjectID? {
        let wanted = Array(name.utf8)
        guard self.isSorted else {
            for line in self.bytes.split(separator: UInt8(ascii: "\n")) where line.count > 41 && line.dropFirst(41).elementsEqual(wanted) {
                return ObjectID(hex: line.prefix(40))
            }
            return nil
        }
        var (low, high) = (0, self.bytes.count)
        while low < high {
            // The line that holds the middle, or the first below it that names a ref.
            var start = self.start(of: (low + high) / 2)
            let middle = start
            while start < high, self.bytes[start] == UInt8(ascii: "#") || self.bytes[start] == UInt8(ascii: "^") { start = self.end(of: start) }
            guard start < high else {
                high = middle
                continue
            }
            let end = self.end(of: start)
            let line = self.bytes[start..<end].prefix { $0 != UInt8(ascii: "\n") }
            let found = line.dropFirst(41)
            if found.elementsEqual(wanted) { return ObjectID(hex: line.prefix(40)) }
            if found.lexicographicallyPrecedes(wanted) { low = end } else { high = middle }
        }
        return nil
    }

    private func start(of position: Int) -> Int { (self.bytes[..<position].lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1 }

    private func end(of start: Int) -> Int { (self.bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? self.bytes.count - 1) + 1 }
}
