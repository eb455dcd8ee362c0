import CTensor
import Foundation
import JSONSchema

/// A file of tensors: the length of a JSON header in eight bytes, the header with each tensor's type, shape and place, then their bytes.
/// Mapped, so that what is not read takes no memory.
struct SafetensorsFile {
    private static let longestHeader = 16 << 20

    private struct Tensor {
        var type: String
        var shape: [Int]
        var range: Range<Int>
    }

    private let path: String
    private let data: Data
    private let tensors: [String: Tensor]

    init(path: String) throws(EmbeddingError) {
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) } catch { throw .model("\(path) cannot be read") }
        guard data.count > 8 else { throw .model("\(path) is cut off") }
        let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= Self.longestHeader, Int(length) <= data.count - 8 else { throw .model("\(path) is no file of tensors") }
        let start = 8 + Int(length)
        guard let header = (try? JSONValue(parsing: data[8..<start]))?.object else { throw .model("\(path) is no file of tensors") }
        var tensors: [String: Tensor] = [:]
        for (name, entry) in header where name != "__metadata__" {
            guard let type = entry["dtype"]?.string, let shape = entry["shape"]?.array?.compactMap(\.integer), shape.allSatisfy({ $0 >= 0 }),
                let from = entry["data_offsets"]?[0]?.integer, let to = entry["data_offsets"]?[1]?.integer, from >= 0, from <= to, to <= data.count - start
            else { throw .model("\(path): \(name) lies outside of the file") }
            tensors[name] = Tensor(type: type, shape: shape, range: start + from..<start + to)
        }
        self.path = path
        self.data = data
        self.tensors = tensors
    }

    /// The numbers of a tensor of this shape, which must be of 32-bit floats.
    func floats(_ name: String, _ shape: [Int]) throws(EmbeddingError) -> [Float] {
        guard let tensor = self.tensors[name] else { throw .model("\(self.path) has no \(name)") }
        guard tensor.type == "F32" else { throw .model("\(self.path): \(name) has numbers of type \(tensor.type) instead of F32") }
        let count = shape.reduce(1, *)
        guard tensor.shape == shape, tensor.range.count == count * 4 else {
            throw .model("\(self.path): \(name) has shape \(tensor.shape) instead of \(shape)")
        }
        return [Float](unsafeUninitializedCapacity: count) { floats, written in
            written = self.data.copyBytes(to: UnsafeMutableRawBufferPointer(floats), from: tensor.range) / 4
        }
    }

    /// Different for different files.
    var checksum: UInt64 { self.data.withUnsafeBytes { vectors_checksum($0.baseAddress, Int64($0.count)) } }
}
