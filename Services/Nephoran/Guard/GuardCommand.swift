import ArgumentParser
import Foundation
import Glibc

/// The guardian itself. Reads from standard input until `up` is gone, then ends what is left: services, then stores.
struct GuardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "guard", abstract: "Used by up.", shouldDisplay: false)

    func run() async throws {
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { signal(number, SIG_IGN) }
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let left = Self.read()
                Self.end(left.filter { !$0.value }.keys, within: 8)
                Self.end(left.filter(\.value).keys, within: 3)
                continuation.resume()
            }
        }
    }

    /// The processes that were watched and not forgotten when the input ended, and whether each is a store.
    private static func read() -> [Int32: Bool] {
        var processes: [Int32: Bool] = [:]
        while let line = readLine() {
            switch GuardMessage(line) {
            case .watch(let id, let isStore): processes[id] = isStore
            case .forget(let id): processes[id] = nil
            case nil: continue
            }
        }
        return processes
    }

    /// SIGTERM, time to finish, SIGKILL for the whole group.
    private static func end(_ processes: some Collection<Int32>, within seconds: Double) {
        for process in processes { kill(process, SIGTERM) }
        let deadline = Date(timeIntervalSinceNow: seconds)
        while processes.contains(where: self.isRunning), Date() < deadline { usleep(20_000) }
        for process in processes where self.isRunning(process) { kill(-process, SIGKILL) }
    }

    /// One that has ended may stay listed where nobody collects it.
    private static func isRunning(_ process: Int32) -> Bool {
        guard kill(process, 0) == 0 || errno != ESRCH else { return false }
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8), let end = stat.lastIndex(of: ")") else { return false }
        return stat[end...].dropFirst(2).first != "Z"
    }
}
