package import Logging
import Synchronization

/// What a file holds, as it was last read: a key that another file of settings names. Read again by a ``FileWatch``; what is wrong then changes nothing.
package final class FileValue<Value: Sendable>: Sendable {
    package let path: String
    private let read: @Sendable (_ path: String) throws(InvalidSetting) -> Value
    private let current: Mutex<Value>

    /// Reads it a first time.
    package init(_ path: String, read: @escaping @Sendable (_ path: String) throws(InvalidSetting) -> Value) throws(InvalidSetting) {
        self.path = path
        self.read = read
        self.current = Mutex(try read(path))
    }

    package var value: Value { self.current.withLock { $0 } }

    package func reload() throws(InvalidSetting) {
        let new = try self.read(self.path)
        self.current.withLock { $0 = new }
    }
}

extension FileWatch {
    /// All of `files`; one that is wrong does not keep the others from being read.
    package init<Value>(name: String, logger: Logger, files: [FileValue<Value>]) {
        self.init(name: name, logger: logger, paths: { files.map(\.path) }) { () throws(InvalidSetting) in
            var wrong: InvalidSetting?
            for file in files {
                do throws(InvalidSetting) { try file.reload() } catch { wrong = wrong ?? error }
            }
            if let wrong { throw wrong }
        }
    }
}
