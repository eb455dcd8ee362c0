import CZlib

/// Compresses one piece of data after the other with the memory of one zlib stream.
///
/// At the fastest level: what is compressed here is small, and merged or repacked by size later.
final class Deflater {
    struct Failure: Error { let code: Int32 }

    // zlib's state points back at its stream, which therefore must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var buffer: [UInt8] = []

    private init(_ stream: UnsafeMutablePointer<z_stream>) { self.stream = stream }

    /// - Parameter level: zlib's, 0 to 9.
    static func begin(level: Int32 = 1) throws(Failure) -> Deflater {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = czlib_deflate_begin(stream, level)
        guard code == Z_OK else {
            // Nobody owns it yet.
            stream.deallocate()
            throw Failure(code: code)
        }
        return Deflater(stream)
    }

    deinit {
        deflateEnd(self.stream)
        self.stream.deallocate()
    }

    func append(_ content: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) throws(Failure) {
        deflateReset(self.stream)
        let bound = Int(deflateBound(self.stream, uLong(content.count)))
        if self.buffer.count < bound { self.buffer = [UInt8](repeating: 0, count: bound) }
        self.stream.pointee.next_in = UnsafeMutablePointer(mutating: content.baseAddress)
        self.stream.pointee.avail_in = uInt(content.count)
        let code = self.buffer.withUnsafeMutableBufferPointer { buffer in
            self.stream.pointee.next_out = buffer.baseAddress
            self.stream.pointee.avail_out = uInt(buffer.count)
            return deflate(self.stream, Z_FINISH)
        }
        guard code == Z_STREAM_END else { throw Failure(code: code) }
        bytes.append(contentsOf: self.buffer[..<Int(self.stream.pointee.total_out)])
        // What one huge object needed is not kept for all that follow.
        if self.buffer.count > 1 << 20 { self.buffer = [] }
    }
}
