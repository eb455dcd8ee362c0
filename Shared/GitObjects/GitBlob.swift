import Crypto

/// A file's content as Git stores it.
package enum GitBlob {
    /// SHA-1 of the blob object, as 40 lower-case hexadecimal digits: what `git hash-object` prints.
    package static func id(of content: [UInt8]) -> String { hexadecimal(self.digest(of: content)) }

    static func digest(of content: some Collection<UInt8>) -> Insecure.SHA1Digest { objectDigest(kind: "blob", content: content) }
}
