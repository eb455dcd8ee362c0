/// A file's content as Git stores it.
package enum GitBlob {
    /// SHA-1 of the blob object, as 40 lower-case hexadecimal digits: what `git hash-object` prints.
    package static func id(of content: [UInt8]) -> String { ObjectID(kind: .blob, content: content).description }
}
