import Glibc

/// What the system said of a file.
package struct FileError: Error, Equatable, CustomStringConvertible {
    package var operation: String
    package var path: String
    /// `errno`
    package var code: Int32

    init(_ operation: String, _ path: String, code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    package var description: String { "\(self.operation) \(self.path): \(String(cString: strerror(self.code)))" }
}
