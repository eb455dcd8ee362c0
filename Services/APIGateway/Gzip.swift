import CZlib

/// A gzip file (RFC 1952) of some bytes: for what is compressed once and sent often.
enum Gzip {
    struct Failure: Error { let code: Int32 }

    /// As small as zlib makes it.
    static func compress(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        // zlib's state points back at its stream, which therefore must not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        // 15: the largest window; 16 more: the frame of gzip rather than zlib's own.
        let begun = deflateInit2_(
            stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard begun == Z_OK else { throw Failure(code: begun) }
        defer { deflateEnd(stream) }
        var output = [UInt8](repeating: 0, count: Int(deflateBound(stream, uLong(bytes.count))))
        let code = bytes.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                // zlib only reads from here.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = uInt(input.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = uInt(output.count)
                return deflate(stream, Z_FINISH)
            }
        }
        guard code == Z_STREAM_END else { throw Failure(code: code) }
        output.removeLast(output.count - Int(stream.pointee.total_out))
        return output
    }

    /// Whether `Accept-Encoding` takes gzip (RFC 9110 §12.5.3). Without the header it does not: who wants it says so.
    static func isAccepted(by header: String?) -> Bool {
        var weight = 0.0
        for part in (header ?? "").split(separator: ",") {
            let pieces = part.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let coding = pieces.first, ["gzip", "x-gzip", "*"].contains(coding) else { continue }
            let own = pieces.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            // What is said of gzip itself counts, wherever it stands.
            if coding != "*" { return own > 0 }
            weight = own
        }
        return weight > 0
    }
}
