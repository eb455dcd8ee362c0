import Foundation

/// A checksum of words of 8 bytes, the same in whatever pieces they come; no protection against intent.
struct WordSum {
    private static let odd: UInt64 = 0x9e37_79b9_7f4a_7c15
    /// Four sums side by side, each of every fourth word.
    private var sums: SIMD4<UInt64> = [1, 2, 3, 4]
    private var words = 0

    /// A multiple of 8 bytes.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var place = 0
        func one(_ sums: inout SIMD4<UInt64>, _ lane: Int) {
            let mixed = (sums[lane] ^ bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)) &* Self.odd
            sums[lane] = mixed ^ mixed >> 32
            place += 8
            self.words += 1
        }
        var sums = self.sums
        while self.words & 3 != 0, place < bytes.count { one(&sums, self.words & 3) }
        while place + 32 <= bytes.count {
            let mixed = (sums ^ bytes.loadUnaligned(fromByteOffset: place, as: SIMD4<UInt64>.self)) &* SIMD4(repeating: Self.odd)
            sums = mixed ^ (mixed &>> 32)
            place += 32
            self.words += 4
        }
        while place < bytes.count { one(&sums, self.words & 3) }
        self.sums = sums
    }

    var value: UInt64 {
        var total = UInt64(self.words)
        for lane in 0..<4 {
            total = (total ^ self.sums[lane]) &* Self.odd
            total ^= total >> 29
        }
        return total
    }
}

/// Numbers and arrays, each padded to 8 bytes.
struct KeywordFileWriter: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private var sum = WordSum()

    init(_ path: String) throws(KeywordFile.Fault) {
        self.path = path
        self.descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard self.descriptor >= 0 else { throw .system(path: path, reason: String(cString: strerror(errno))) }
    }

    deinit { if self.descriptor >= 0 { _ = Glibc.close(self.descriptor) } }

    mutating func write(_ number: UInt64) throws(KeywordFile.Fault) { try self.write([number]) }

    mutating func write<Element: BitwiseCopyable>(array: [Element]) throws(KeywordFile.Fault) {
        try self.write(UInt64(array.count))
        try self.write(array)
    }

    private mutating func write<Element: BitwiseCopyable>(_ array: [Element]) throws(KeywordFile.Fault) {
        let count = array.count * MemoryLayout<Element>.stride
        let whole = count & ~7
        let failure = array.withUnsafeBytes { bytes in self.put(UnsafeRawBufferPointer(rebasing: bytes[..<whole])) }
        var rest = array.withUnsafeBytes { Array($0[whole...]) }
        rest.append(contentsOf: repeatElement(0, count: rest.isEmpty ? 0 : 8 - rest.count))
        guard let failure = failure ?? rest.withUnsafeBytes({ self.put($0) }) else { return }
        throw failure
    }

    private mutating func put(_ bytes: UnsafeRawBufferPointer, isSum: Bool = false) -> KeywordFile.Fault? {
        if !isSum { self.sum.add(bytes) }
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(self.descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return .system(path: self.path, reason: String(cString: strerror(errno))) }
            done += count
        }
        return nil
    }

    /// The checksum, and the name under which the file is found.
    mutating func close(renamingTo path: String) throws(KeywordFile.Fault) {
        if let failure = withUnsafeBytes(of: self.sum.value, { self.put($0, isSum: true) }) { throw failure }
        guard fdatasync(self.descriptor) == 0, rename(self.path, path) == 0 else { throw .system(path: path, reason: String(cString: strerror(errno))) }
    }
}

struct KeywordFileReader {
    private let bytes: UnsafeRawBufferPointer
    private var place = 0
    private let end: Int

    /// Nil when the checksum is not that of the rest.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 16, bytes.count.isMultiple(of: 8) else { return nil }
        self.bytes = bytes
        self.end = bytes.count - 8
        var sum = WordSum()
        sum.add(UnsafeRawBufferPointer(rebasing: bytes[..<self.end]))
        guard bytes.loadUnaligned(fromByteOffset: self.end, as: UInt64.self) == sum.value else { return nil }
    }

    /// 0 behind the end.
    mutating func number() -> UInt64 {
        guard self.place + 8 <= self.end else { return 0 }
        defer { self.place += 8 }
        return self.bytes.loadUnaligned(fromByteOffset: self.place, as: UInt64.self)
    }

    /// Nil when it is not there as a whole.
    mutating func array<Element: BitwiseCopyable>(_ type: Element.Type) -> [Element]? {
        let stride = MemoryLayout<Element>.stride
        guard let count = Int(exactly: self.number()), count <= (self.end - self.place) / stride else { return nil }
        let source = UnsafeRawBufferPointer(rebasing: self.bytes[self.place..<(self.place + count * stride)])
        self.place += (count * stride + 7) & ~7
        guard count > 0 else { return [] }
        return [Element](unsafeUninitializedCapacity: count) { buffer, filled in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
            filled = count
        }
    }
}
