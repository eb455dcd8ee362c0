import Foundation
import TestSupport
import Testing

/// Executables, the gateway of which has a fault.
enum FaultyRelease {
    static func directory(_ fault: String) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        for service in ServiceName.allCases where service.rawValue != "api-gateway" {
            try FileManager.default.createSymbolicLink(atPath: directory.file(service.rawValue), withDestinationPath: try Executables.path(of: service))
        }
        let fixture = try #require(Bundle.module.url(forResource: "faulty-gateway", withExtension: "py", subdirectory: "Fixtures"))
        let program = fault == "crash" ? "#!/bin/sh\necho broken >&2\nexit 1\n" : try String(contentsOf: fixture, encoding: .utf8)
        try program.write(toFile: directory.file("api-gateway"), atomically: true, encoding: .utf8)
        try fault.write(toFile: directory.file("fault"), atomically: true, encoding: .utf8)
        try Executables.path(named: "api-gateway").write(toFile: directory.file("program"), atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory.file("api-gateway"))
        return directory
    }
}
