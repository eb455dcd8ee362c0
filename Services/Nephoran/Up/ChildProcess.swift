import Foundation
import Glibc

/// A running child in a process group of its own, so that Ctrl-C reaches it only through `up`.
struct ChildProcess: Sendable {
    enum End: Sendable, Equatable, CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)

        init(waitStatus status: Int32) { self = status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(status & 0x7f) }

        var description: String {
            switch self {
            case .exited(let status): "ended with status \(status)"
            case .signalled(let number): "was ended by signal \(number)"
            }
        }
    }

    let processID: pid_t

    /// Starts the process with its output going to `output`.
    ///
    /// - Parameter inherited: further descriptors, by the number they have in the child.
    init(
        executable: String, arguments: [String], environment: [String: String], input: Int32? = nil, output: Int32?, inherited: [Int32: Int32] = [:],
        isBackground: Bool = false
    ) throws(CommandFailure) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
            if let output {
                posix_spawn_file_actions_adddup2(&actions, output, descriptor)
            } else {
                posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
            }
        }
        for (number, descriptor) in inherited { posix_spawn_file_actions_adddup2(&actions, descriptor, number) }

        // Threads of the pool block signals, and we ignore some: the child starts like from a shell.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        var processID: pid_t = 0
        let status = Self.withCStrings([executable] + arguments) { arguments in
            Self.withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawn(&processID, executable, &actions, &attributes, arguments, environment)
            }
        }
        guard status == 0 else { throw CommandFailure(.refused, "cannot start \(executable): \(String(cString: strerror(status)))") }
        if isBackground {
            // SCHED_IDLE, which Glibc's module does not name and its spawn attributes refuse: a wake-up of any ordinary thread takes
            // the processor from it at once. The child's further threads inherit it: it has one yet.
            var parameters = sched_param(sched_priority: 0)
            sched_setscheduler(processID, 5, &parameters)
        }
        self.processID = processID
    }

    /// Returns how it ended. To be called once; waits on a thread of its own.
    func end() async -> End {
        let processID = self.processID
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var status: Int32 = 0
                while waitpid(processID, &status, 0) < 0, errno == EINTR {}
                continuation.resume(returning: End(waitStatus: status))
            }
        }
    }

    private static func withCStrings<T>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> T) -> T {
        let pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }
}
