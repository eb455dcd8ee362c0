import Glibc

/// What is written to one is read from the other. Unlike with `pipe`, no other thread's child can inherit them by accident.
struct DescriptorPair: Sendable {
    let reading: Int32
    let writing: Int32

    init() throws(CommandFailure) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw CommandFailure(.refused, "no descriptors left: \(String(cString: strerror(errno)))")
        }
        self.reading = ends[0]
        self.writing = ends[1]
    }
}
