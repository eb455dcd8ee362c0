import Foundation

/// What the kernel says of a process.
struct ProcessFigures: Sendable {
    /// Bytes, those of files that it has mapped among them.
    var resident: Int
    /// Bytes that are the process's alone.
    var anonymous: Int
    var descriptors: Int
    var threads: Int

    /// Nil when there is no such process.
    init?(_ processID: Int32) {
        guard let status = try? String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8),
            let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(processID)/fd").count
        else { return nil }
        func value(_ name: String) -> Int? {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
        }
        guard let kilobytes = value("VmRSS"), let anonymous = value("RssAnon"), let threads = value("Threads") else { return nil }
        self.resident = kilobytes << 10
        self.anonymous = anonymous << 10
        self.descriptors = descriptors
        self.threads = threads
    }

    /// The words it was started with.
    static func command(of processID: Int32) -> [String] {
        let bytes = FileManager.default.contents(atPath: "/proc/\(processID)/cmdline") ?? Data()
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Processes that have this one as their parent.
    static func children(of processID: Int32) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { child in
            guard let stat = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8), let end = stat.lastIndex(of: ")") else { return false }
            return stat[end...].split(separator: " ").dropFirst(2).first.flatMap { Int32($0) } == processID
        }
    }
}
