import Crypto

package enum GitObjectKind: String, Sendable { case blob, tree, commit, tag }

/// The name of an object is the SHA-1 of `<kind> <length in bytes>\0<content>` (gitformat-loose, "Object header").
func objectDigest(kind: String, content: some Collection<UInt8>) -> Insecure.SHA1Digest {
    var hash = Insecure.SHA1()
    hash.update(data: Array("\(kind) \(content.count)\0".utf8))
    let contiguous: Void? = content.withContiguousStorageIfAvailable { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    if contiguous == nil { hash.update(data: Array(content)) }
    return hash.finalize()
}
