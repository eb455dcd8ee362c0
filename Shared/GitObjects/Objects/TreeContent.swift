import Glibc

/// The content of a tree object that is edited in place: `<mode> <name>\0<20 bytes>`, entry after entry, in git's order. What is not touched stays
/// byte for byte, whatever it is.
package struct TreeContent: Sendable {
    package private(set) var bytes: [UInt8]

    package init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    package var isEmpty: Bool { self.bytes.isEmpty }

    private struct Entry {
        var range: Range<Int>
        var name: Range<Int>
        var isDirectory: Bool
    }

    /// The directory of that name; nil when there is none, or a file.
    package func directory(_ name: String) -> ObjectID? {
        let place = self.place(of: Array(name.utf8))
        guard let entry = place.named, entry.isDirectory else { return nil }
        return ObjectID(bytes: self.bytes[(entry.range.upperBound - ObjectID.byteCount)..<entry.range.upperBound])
    }

    /// The directory `name` becomes `id`, or is no more. A file of that name gives way.
    /// - Returns: what makes the new content of the old; nil when that is not one piece, or nothing changed.
    package mutating func set(_ name: String, to id: ObjectID?) -> PackDelta? {
        let key = Array(name.utf8)
        let place = self.place(of: key)
        var inserted: [UInt8] = []
        if let id {
            inserted = Array("40000 ".utf8) + key + [0]
            id.append(to: &inserted)
        }
        if let entry = place.named, !entry.isDirectory {
            // A file sorts elsewhere than a directory of its name.
            self.bytes.removeSubrange(entry.range)
            let start = place.insertion > entry.range.lowerBound ? place.insertion - entry.range.count : place.insertion
            self.bytes.insert(contentsOf: inserted, at: start)
            return nil
        }
        let replaced = place.named?.range ?? place.insertion..<place.insertion
        guard !self.bytes[replaced].elementsEqual(inserted) else { return nil }
        let delta = PackDelta(baseSize: self.bytes.count, replacing: replaced, with: inserted)
        self.bytes.replaceSubrange(replaced, with: inserted)
        return delta
    }

    /// The entry of that name, and where a directory of that name belongs.
    private func place(of key: [UInt8]) -> (named: Entry?, insertion: Int) {
        self.bytes.withUnsafeBufferPointer { bytes in
            var named: Entry?
            var insertion: Int?
            var start = 0
            while start < bytes.count, let entry = Self.entry(bytes, at: start) {
                let name = UnsafeBufferPointer(rebasing: bytes[entry.name])
                let order = Self.order(name, isDirectory: entry.isDirectory, key)
                if name.count == key.count, name.elementsEqual(key) { named = entry }
                if order >= 0, insertion == nil { insertion = start }
                // A file of the name comes before its directory; past the directory's place there is neither.
                if order >= 0 { break }
                start = entry.range.upperBound
            }
            return (named, insertion ?? start)
        }
    }

    private static func entry(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Entry? {
        guard let base = bytes.baseAddress else { return nil }
        let rest = bytes.count - start
        guard let space = memchr(base + start, Int32(UInt8(ascii: " ")), rest), let end = memchr(base + start, 0, rest) else { return nil }
        let (name, zero) = (UnsafeRawPointer(base).distance(to: space) + 1, UnsafeRawPointer(base).distance(to: end))
        guard name <= zero, zero + 1 + ObjectID.byteCount <= bytes.count else { return nil }
        return Entry(range: start..<(zero + 1 + ObjectID.byteCount), name: name..<zero, isDirectory: bytes[start] == UInt8(ascii: "4"))
    }

    /// Below, at or above zero: an entry against the directory `key`, each directory's name as if it ended in `/`.
    private static func order(_ name: UnsafeBufferPointer<UInt8>, isDirectory: Bool, _ key: [UInt8]) -> Int {
        let common = min(name.count, key.count)
        if let start = name.baseAddress, case let order = memcmp(start, key, common), order != 0 { return Int(order) }
        let slash = Int(UInt8(ascii: "/"))
        let next = name.count > common ? Int(name[common]) : isDirectory ? slash : -1
        return next - (key.count > common ? Int(key[common]) : slash)
    }
}
