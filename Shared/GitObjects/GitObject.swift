import Crypto

/// The name of an object is the SHA-1 of `<kind> <length in bytes>\0<content>` (gitformat-loose, "Object header").
func objectDigest(kind: String, content: some Collection<UInt8>) -> Insecure.SHA1Digest {
    var hash = Insecure.SHA1()
    hash.update(data: Array("\(kind) \(content.count)\0".utf8))
    let contiguous: Void? = content.withContiguousStorageIfAvailable { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    if contiguous == nil { hash.update(data: Array(content)) }
    return hash.finalize()
}

func hexadecimal(_ digest: Insecure.SHA1Digest) -> String {
    let digits: StaticString = "0123456789abcdef"
    return String(unsafeUninitializedCapacity: Insecure.SHA1Digest.byteCount * 2) { buffer in
        var position = 0
        for byte in digest {
            buffer[position] = digits.utf8Start[Int(byte >> 4)]
            buffer[position + 1] = digits.utf8Start[Int(byte & 0xf)]
            position += 2
        }
        return position
    }
}
