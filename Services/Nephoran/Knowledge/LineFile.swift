import Foundation

/// The lines of a file, read bit by bit. Empty ones are left out.
struct LineFile {
    private static let part = 1 << 18

    private let handle: FileHandle
    private var held: [UInt8] = []
    private var place = 0
    private var number = 0
    private var isAtEnd = false

    /// Nil when it cannot be opened.
    init?(_ path: String) {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        self.handle = handle
    }

    /// Nil at the end.
    mutating func next() -> (bytes: [UInt8], number: Int)? {
        while true {
            if let end = self.held[self.place...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(self.held[self.place..<end])
                self.place = end + 1
                self.number += 1
                if line.contains(where: { $0 > 0x20 }) { return (line, self.number) }
                continue
            }
            if self.isAtEnd {
                let rest = Array(self.held[self.place...])
                self.held = []
                self.place = 0
                guard rest.contains(where: { $0 > 0x20 }) else { return nil }
                self.number += 1
                return (rest, self.number)
            }
            self.held.removeSubrange(..<self.place)
            self.place = 0
            let part = (try? self.handle.read(upToCount: Self.part)) ?? nil
            if let part, !part.isEmpty { self.held.append(contentsOf: part) } else { self.isAtEnd = true }
        }
    }
}
