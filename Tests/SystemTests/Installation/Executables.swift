import Foundation
import TestSupport

/// Where the executables under test are: beside the test bundle, or where `NEPHORAN_BIN` says.
enum Executables {
    struct Missing: Error, CustomStringConvertible {
        let path: String
        var description: String { "\(self.path) is not there; build the package first, or set NEPHORAN_BIN to where its executables are" }
    }

    static func path(of service: ServiceName) throws -> String { try self.path(named: service.rawValue) }

    static func path(named name: String) throws -> String {
        let path = "\(self.directory)/\(name)"
        guard FileManager.default.isExecutableFile(atPath: path) else { throw Missing(path: path) }
        return path
    }

    static let directory: String = {
        if let directory = ProcessInfo.processInfo.environment["NEPHORAN_BIN"] { return directory }
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: own).deletingLastPathComponent().path
    }()
}
