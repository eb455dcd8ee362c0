import Foundation
import Glibc
import Synchronization

/// The side of `up` of a small process that ends everything when `up` dies without having done so, even by SIGKILL.
///
/// It reads from a line whose other end only `up` holds: which processes there are, and, by its end, that `up` is gone.
final class Guardian: Sendable {
    private let child: ChildProcess
    private let line: Mutex<Int32>

    /// - Parameter lock: held by the guardian as well, for as long as it lives.
    init(lock: DirectoryLock) throws(CommandFailure) {
        let pair = try DescriptorPair()
        defer { close(pair.reading) }
        self.child = try ChildProcess(
            executable: Executables.own, arguments: ["guard"], environment: ProcessInfo.processInfo.environment, input: pair.reading, output: nil,
            inherited: [3: lock.descriptor]
        )
        self.line = Mutex(pair.writing)
    }

    func watch(_ processID: pid_t, _ role: ProcessSpecification.Role) { self.tell(.watch(processID, isStore: role == .store)) }
    func forget(_ processID: pid_t) { self.tell(.forget(processID)) }

    /// Everything has ended; so does the guardian.
    func dismiss() {
        self.line.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
        var status: Int32 = 0
        waitpid(self.child.processID, &status, 0)
    }

    private func tell(_ message: GuardMessage) {
        self.line.withLock { descriptor in
            guard descriptor >= 0 else { return }
            _ = message.description.withCString { write(descriptor, $0, strlen($0)) }
        }
    }
}
