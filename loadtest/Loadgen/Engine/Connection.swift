import Glibc

/// One connection and the request it carries. Belongs to one thread.
final class Connection {
    enum State { case closed, idle, connecting, writing, reading }

    let lane: Int
    var descriptor: Int32 = -1
    /// Tells events of this socket from those of the one before it.
    var generation: UInt32 = 0
    var state = State.closed
    var parser = ResponseParser()
    var out: [UInt8] = []
    var written = 0
    /// Nanoseconds of the clock: when the request was due, taken up, …
    var intended: UInt64 = 0
    var began: UInt64 = 0
    /// … connected (0 on a connection that was there), all sent, and first answered.
    var dialled: UInt64 = 0
    var sent: UInt64 = 0
    var answered: UInt64 = 0

    init(lane: Int) { self.lane = lane }

    var isBusy: Bool { self.state != .closed && self.state != .idle }

    func close() {
        if self.descriptor >= 0 { Glibc.close(self.descriptor) }
        self.descriptor = -1
        self.state = .closed
        self.generation &+= 1
    }

    enum Sent { case all, some, failed }

    /// Sends what is left of the request.
    func send() -> Sent {
        let total = self.out.count
        while self.written < total {
            let count = self.out.withUnsafeBytes { bytes -> Int in
                guard let base = bytes.baseAddress else { return 0 }
                return Glibc.send(self.descriptor, base + self.written, total - self.written, Int32(MSG_NOSIGNAL))
            }
            if count < 0 {
                if errno == EINTR { continue }
                return errno == EAGAIN ? .some : .failed
            }
            self.written += count
        }
        return .all
    }

    /// The error of a connection that was being made; 0 for none.
    var connectError: Int32 {
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(self.descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
        return error
    }
}
