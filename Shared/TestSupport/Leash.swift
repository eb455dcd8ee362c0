import Foundation
import Glibc
import Synchronization

/// A child process that cannot outlive this one, however this one ends.
///
/// A small shell stands between: it starts the command, reports its process id, and waits for the end of a line whose
/// other end only this process holds. When that closes, by `release`, `deinit` or death, the shell kills the command.
final class Leash: Sendable {
    private static let script = """
        "$@" </dev/null >>"$LEASH_LOG" 2>&1 &
        echo $!
        exec >/dev/null 2>&1
        read -r line
        kill -9 $!
        wait $!
        """

    /// The process id of the command itself.
    let processID: pid_t
    private let shell: pid_t
    private let line: Mutex<Int32?>

    /// Descriptors of this process stay in it: a listening socket of a fake that lived on in a child would keep its port after the fake has stopped.
    private static func keepDescriptors() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            if let descriptor = Int32(name), descriptor > 2 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        }
    }

    /// Starts `command`, whose first element is looked up in `PATH`; its output is appended to the file `log`.
    ///
    /// - Parameter environment: all that the command sees besides `PATH`.
    init(_ command: [String], environment: [String: String] = [:], log: String) throws {
        var (input, output): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        try Self.connect(&input)
        try Self.connect(&output)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input[0], 0)
        posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        Self.keepDescriptors()

        // The threads of Swift's pool block signals; a child that inherits that never hears of its own child's end.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let arguments = ["sh", "-c", Self.script, "leash"] + command
        var variables = ["LEASH_LOG=\(log)"] + environment.map { "\($0.key)=\($0.value)" }
        if let path = getenv("PATH") { variables.append("PATH=\(String(cString: path))") }
        var shell: pid_t = 0
        let status = Self.withCStrings(arguments) { arguments in
            Self.withCStrings(variables) { variables in posix_spawn(&shell, "/bin/sh", &actions, &attributes, arguments, variables) }
        }
        close(input[0])
        close(output[1])
        defer { close(output[0]) }
        guard status == 0 else {
            close(input[1])
            throw SystemError("posix_spawn", code: status)
        }
        self.shell = shell
        self.line = Mutex(input[1])
        self.processID = Self.readNumber(from: output[0])
    }

    deinit { self.release() }

    /// Whether the command has neither ended nor been killed.
    var isRunning: Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(self.processID)/stat", encoding: .utf8), let name = stat.lastIndex(of: ")") else { return false }
        return !stat[name...].dropFirst(2).hasPrefix("Z")
    }

    /// SIGKILL, the end that a power cut or the kernel's memory killer brings.
    func kill() { self.signal(SIGKILL) }

    /// Only until it is released: after that the number may be another process's.
    func signal(_ number: Int32) {
        self.line.withLock { line in
            if line != nil, self.processID > 0 { Glibc.kill(self.processID, number) }
        }
    }

    /// Kills the command if it still runs, and waits until it and its shell are gone.
    ///
    /// - Returns: what the command ended with, as a shell says it (137 is SIGKILL); nil when it was released before.
    @discardableResult func release() -> Int32? {
        guard let descriptor = self.line.withLock({ $0.take() }) else { return nil }
        close(descriptor)
        var status: Int32 = 0
        while waitpid(self.shell, &status, 0) < 0, errno == EINTR {}
        return status >> 8 & 0xff
    }

    /// Two connected descriptors. Unlike `pipe`, this leaves no moment in which another thread's child could inherit them.
    private static func connect(_ pair: inout [Int32]) throws {
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else { throw SystemError("socketpair") }
    }

    private static func readNumber(from descriptor: Int32) -> pid_t {
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while read(descriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") { text.append(byte) }
        return pid_t(String(decoding: text, as: UTF8.self)) ?? 0
    }

    private static func withCStrings<T>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> T) -> T {
        let pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }
}
