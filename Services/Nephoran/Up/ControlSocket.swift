import Foundation
import Glibc

/// Where a running `up` is asked for something: a socket in the data directory, which other users cannot reach. One request a
/// connection, a line; the answer is lines of text, the last one `ok` or `failed: why`.
struct ControlSocket: Sendable {
    static let name = "control"
    static let done = "ok"
    static let failed = "failed: "

    private let listening: Int32
    private let path: String

    /// Takes the place of one that an `up` before has left.
    init(directory: DataDirectory) throws(CommandFailure) {
        self.path = directory.file(Self.name)
        unlink(self.path)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw CommandFailure(.refused, "no descriptors left: \(String(cString: strerror(errno)))") }
        guard Self.withAddress(in: directory.path, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 8) == 0 else {
            let reason = String(cString: strerror(errno))
            Glibc.close(descriptor)
            throw CommandFailure(.refused, "cannot listen on \(self.path): \(reason)")
        }
        chmod(self.path, 0o600)
        self.listening = descriptor
    }

    /// Answers until it is closed.
    ///
    /// - Parameter answer: gets the words of a request and what to say lines with.
    func serve(_ answer: @escaping @Sendable ([String], @escaping @Sendable (String) -> Void) async throws(CommandFailure) -> Void) {
        let listening = self.listening
        Thread.detachNewThread {
            while true {
                let connection = accept(listening, nil, nil)
                if connection < 0 {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    if errno == EMFILE || errno == ENFILE {
                        usleep(100_000)
                        continue
                    }
                    return
                }
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                Thread.detachNewThread { Self.answer(connection, answer) }
            }
        }
    }

    private static func answer(
        _ connection: Int32, _ answer: @escaping @Sendable ([String], @escaping @Sendable (String) -> Void) async throws(CommandFailure) -> Void
    ) {
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let words = Self.line(from: connection).split(separator: " ").map(String.init)
        Task {
            let say: @Sendable (String) -> Void = { Terminal(descriptor: connection).write($0 + "\n") }
            do throws(CommandFailure) {
                try await answer(words, say)
                say(Self.done)
            } catch {
                say(Self.failed + error.message)
            }
            Glibc.close(connection)
        }
    }

    func close() {
        shutdown(self.listening, Int32(SHUT_RDWR))
        Glibc.close(self.listening)
        unlink(self.path)
    }

    // MARK: The other side

    /// Asks the `up` of a data directory, and shows what it says. Blocks until it has answered.
    static func ask(_ request: String, of directory: String, show: (String) -> Void) throws(CommandFailure) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw CommandFailure(.refused, "no descriptors left: \(String(cString: strerror(errno)))") }
        defer { Glibc.close(descriptor) }
        guard Self.withAddress(in: directory, { connect(descriptor, $0, $1) }) == 0 else {
            throw CommandFailure(.unreachable, "nothing runs from \(directory)")
        }
        Terminal(descriptor: descriptor).write(request + "\n")
        while true {
            let line = Self.line(from: descriptor)
            if line == Self.done { return }
            if line.hasPrefix(Self.failed) { throw CommandFailure(.refused, String(line.dropFirst(Self.failed.count))) }
            guard !line.isEmpty else { throw CommandFailure(.unreachable, "up ended without an answer") }
            show(line)
        }
    }

    /// The same for a command, which prints what it says.
    static func command(_ request: String, of directory: String) async throws(CommandFailure) {
        let failure: CommandFailure? = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                do throws(CommandFailure) {
                    try Self.ask(request, of: directory) { Terminal.standardOutput.print($0) }
                    continuation.resume(returning: nil)
                } catch {
                    continuation.resume(returning: error)
                }
            }
        }
        if let failure { throw failure }
    }

    /// Empty at the end, and for a line that is too long.
    private static func line(from descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < 4_096 {
            let count = read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return "" }
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return ""
    }

    /// The address goes through a descriptor of the directory: that of a socket may have 107 bytes, the path of a directory more.
    private static func withAddress(in directory: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        let opened = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { return -1 }
        defer { Glibc.close(opened) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array("/proc/self/fd/\(opened)/\(Self.name)".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
