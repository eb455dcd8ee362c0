import Foundation

/// Where programs are.
enum Executables {
    /// This program itself, wherever it was called by.
    static let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    /// The services are built and installed next to it.
    static let directory = (own as NSString).deletingLastPathComponent

    /// Path of a program that is in `PATH`; nil when there is none.
    static func find(_ name: String, in environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
        (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
