import Foundation

/// A vector as little-endian half-precision floats: half the bytes, and a cosine that differs in the fourth digit.
enum HalfFloats {
    static func encode(_ vector: [Float]) -> Data {
        let halves = vector.map { Float16($0).bitPattern.littleEndian }
        return halves.withUnsafeBytes { Data($0) }
    }

    static func decode(_ data: Data) -> [Float] {
        data.withUnsafeBytes { bytes in
            (0..<(bytes.count / 2)).map { Float(Float16(bitPattern: UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)))) }
        }
    }
}
