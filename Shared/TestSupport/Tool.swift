import Foundation
import Glibc

/// Programs that run to their end, and the wait for servers. Blocking: call it by ``offPool(_:)``.
package enum Tool {
    package struct Failed: Error { package let reason: String }

    /// What the command writes, on both channels.
    @discardableResult
    package static func output(_ command: [String]) throws -> String {
        let directory = try TemporaryDirectory()
        let leash = try Leash(command, log: directory.file("output"))
        while leash.isRunning { usleep(2_000) }
        let status = leash.release()
        let output = (try? String(contentsOfFile: directory.file("output"), encoding: .utf8)) ?? ""
        guard status == 0 else { throw Failed(reason: "\(command.joined(separator: " ")): \(output)") }
        return output
    }

    /// Until somebody listens on a loopback port, or `server` has ended, which its log explains.
    static func awaitListener(_ port: Int, _ server: Leash, log: String) throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while !self.isListening(port) {
            guard server.isRunning, ContinuousClock.now < deadline else {
                throw Failed(reason: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "nobody listens on \(port)")
            }
            usleep(5_000)
        }
    }

    private static func isListening(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
    }
}
