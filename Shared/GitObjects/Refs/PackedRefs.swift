/// The refs that git keeps in one file: `<40 digits> <name>` a line, sorted by name where the first line says so, `^<40 digits>` below an annotated tag.
struct PackedRefs {
    private let file: MappedFile
    private let isSorted: Bool
    /// As git writes it today: sorted, with what every annotated tag names.
    let isOrdinary: Bool

    var bytes: UnsafeRawBufferPointer { self.file.bytes }
    var byteCount: Int { self.bytes.count }

    init(_ file: MappedFile) {
        self.file = file
        let bytes = file.bytes
        let header = bytes.starts(with: "# pack-refs".utf8) ? Array(bytes.prefix { $0 != UInt8(ascii: "\n") }) : []
        let traits = String(decoding: header, as: UTF8.self).split(separator: " ")
        self.isSorted = traits.contains("sorted")
        self.isOrdinary = self.isSorted && traits.contains("fully-peeled") && bytes.last == UInt8(ascii: "\n")
    }

    /// Of a sorted file: where the line of `name` is, with what is below it, or would have to be.
    func place(of name: [UInt8]) -> (start: Int, end: Int) {
        var (low, high) = (0, self.bytes.count)
        while low < high {
            var start = self.start(of: (low + high) / 2)
            let middle = start
            while start < high, self.bytes[start] == UInt8(ascii: "#") || self.bytes[start] == UInt8(ascii: "^") { start = self.end(of: start) }
            guard start < high else {
                high = middle
                continue
            }
            if self.name(at: start).lexicographicallyPrecedes(name) { low = self.end(of: start) } else { high = middle }
        }
        // What is said of the ref before belongs to that.
        while low < self.bytes.count, self.bytes[low] == UInt8(ascii: "#") || self.bytes[low] == UInt8(ascii: "^") { low = self.end(of: low) }
        var end = low
        if low < self.bytes.count, self.name(at: low).elementsEqual(name) {
            repeat { end = self.end(of: end) } while end < self.bytes.count && self.bytes[end] == UInt8(ascii: "^")
        }
        return (low, end)
    }

    /// Of a sorted file.
    func hasRefs(below name: String) -> Bool {
        let prefix = Array("\(name)/".utf8)
        let start = self.place(of: prefix).start
        return start < self.bytes.count && self.name(at: start).starts(with: prefix)
    }

    private func name(at start: Int) -> Slice<UnsafeRawBufferPointer> {
        self.bytes[start..<self.end(of: start)].prefix { $0 != UInt8(ascii: "\n") }.dropFirst(41)
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
