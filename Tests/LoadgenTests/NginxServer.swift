import Foundation
import TestSupport

/// nginx answering a fixed `200`, on a free loopback port.
final class NginxServer {
    struct DoesNotListen: Error {}

    let url: String
    private let process: ServiceProcess
    private let directory: TemporaryDirectory

    init() async throws {
        let directory = try TemporaryDirectory()
        let port = try FreePort.next()
        let temporary = ["client_body", "fastcgi", "proxy", "scgi", "uwsgi"].map { "\($0)_temp_path \(directory.file($0));" }.joined(separator: " ")
        let configuration = """
            daemon off; master_process off; worker_processes 1; pid \(directory.file("pid")); error_log \(directory.file("log"));
            events { worker_connections 256; }
            http { access_log off; \(temporary)
                server { listen 127.0.0.1:\(port); keepalive_requests 1000000; location / { return 200 '{"ok":true}'; } location /missing { return 404; } } }
            """
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: directory.file("nginx.conf")))
        self.process = try ServiceProcess(
            "nginx", executable: "/usr/sbin/nginx", arguments: ["-c", directory.file("nginx.conf"), "-e", directory.file("log")], environment: [:],
            log: directory.file("output"))
        self.url = "http://127.0.0.1:\(port)"
        self.directory = directory
        let deadline = ContinuousClock.now + .seconds(20)
        while (try? await offPool({ [url] in try Tool.output(["curl", "-fsS", "-o", "/dev/null", url]) })) == nil {
            guard self.process.isRunning, ContinuousClock.now < deadline else { throw DoesNotListen() }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    deinit { self.process.stop() }
}
