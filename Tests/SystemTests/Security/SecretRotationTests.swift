import Foundation
import TestSupport
import Testing

extension RealProcesses {
    /// Every secret of a running installation is replaced by one command, while it is used.
    @Suite("rotation of the secrets") struct SecretRotationTests {
        @Test("calls and intents go on; old and new are good, and after the end the new ones alone", .timeLimit(.minutes(3)))
        func rotation() async throws {
            let directory = try TemporaryDirectory()
            let old = String(repeating: "1", count: 40)
            for name in ["token", "pepper", "callback-secret", "service-secret"] {
                try Data("\(old)\(name)\n".utf8).write(to: URL(filePath: directory.file(name)))
            }
            try Data("keys: []\n".utf8).write(to: URL(filePath: directory.file("keys.yaml")))
            var settings = ["AUTH_KEYS_FILE": directory.file("keys.yaml")]
            for (setting, name) in [
                ("AUTH_TOKEN", "token"), ("AUTH_PEPPER", "pepper"), ("CALLBACK_SECRET", "callback-secret"), ("SERVICE_SECRET", "service-secret"),
            ] {
                settings[setting + "_FILE"] = directory.file(name)
            }
            let installation = try await Installation.start(settings)
            defer { installation.stop() }
            func token() throws -> String {
                try String(contentsOfFile: directory.file("token"), encoding: .utf8).split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
            }
            func status(_ key: String) async throws -> Int { try await installation.client(.gateway, key: key).call("GET", "/v1/packages").status }
            func run(_ arguments: [String]) async throws -> (status: Int32?, text: String) {
                let log = directory.file("rotate-\(UUID().uuidString)")
                let command = try ServiceProcess(
                    "nephoran", executable: try Executables.path(named: "nephoran"),
                    arguments: ["security", "rotate", "--data-dir", directory.path] + arguments,
                    environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""], log: log)
                let status = try await command.exitStatus(within: .seconds(60))
                return (status, try String(contentsOfFile: log, encoding: .utf8))
            }
            let before = try token()
            #expect(try await status(before) == 200)

            // Packages are asked of nephio-bridge: each call is one of a service, too.
            let calls = Task {
                var failed: [Int] = []
                while !Task.isCancelled {
                    let status = try? await status(before)
                    if status != 200, !Task.isCancelled { failed.append(status ?? 0) }
                    try? await Task.sleep(for: .milliseconds(20))
                }
                return failed
            }
            let rotated = try await run([])
            #expect(rotated.status == 0, "\(rotated.text)")
            let after = try token()
            #expect(after != before)
            try await eventually(within: .seconds(20)) { try await status(after) == 200 }
            let gateway = installation.client(.gateway, key: after)
            let record = try await gateway.submit("Deploy an AMF in namespace rotated")
            #expect(record.phase == .published, "\(record.phase)")
            calls.cancel()
            #expect(await calls.value.isEmpty)

            let finished = try await run(["--finish"])
            #expect(finished.status == 0 && finished.text.contains("service-secret"), "\(finished.text)")
            try await eventually(within: .seconds(20)) { try await status(before) == 401 }
            #expect(try await status(after) == 200)
            #expect(try await gateway.submit("Deploy an AMF in namespace finished").phase == .published)
            #expect(try await run(["--finish"]).status != 0)
        }
    }
}
