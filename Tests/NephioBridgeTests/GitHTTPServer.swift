import Foundation
import Glibc
import TestSupport

/// nginx with git's own HTTP backend, on a free loopback port, with a certificate of its own and one user's token.
final class GitHTTPServer: Sendable {
    struct Failed: Error { let reason: String }

    let token = UUID().uuidString
    /// PEM file of the certificate.
    let certificate: String
    private let port: Int
    private let directory: TemporaryDirectory
    private let processes: [Int32]

    /// - Parameter root: directory of the bare repositories.
    init(root: String) throws {
        let directory = try TemporaryDirectory()
        self.directory = directory
        self.certificate = directory.file("certificate.pem")
        let port = try FreePort.next()
        self.port = port
        try Self.output(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=git", "-addext", "subjectAltName=IP:127.0.0.1",
                "-keyout", directory.file("key.pem"), "-out", self.certificate,
            ])
        let password = try Self.output("/usr/bin/openssl", ["passwd", "-apr1", self.token])
        try Data("nephoran:\(password)".utf8).write(to: URL(fileURLWithPath: directory.file("users")))
        let temporary = ["client_body", "fastcgi", "proxy", "scgi", "uwsgi"].map { "\($0)_temp_path \(directory.file($0));" }.joined(separator: " ")
        let configuration = """
            daemon off; \(geteuid() == 0 ? "user root;" : "") worker_processes 1; pid \(directory.file("pid")); error_log \(directory.file("log"));
            events { worker_connections 64; }
            http {
                access_log off; \(temporary)
                server {
                    listen 127.0.0.1:\(port) ssl; ssl_certificate \(self.certificate); ssl_certificate_key \(directory.file("key.pem"));
                    client_max_body_size 0; auth_basic git; auth_basic_user_file \(directory.file("users"));
                    location / {
                        fastcgi_pass unix:\(directory.file("socket"));
                        fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend; fastcgi_param GIT_PROJECT_ROOT \(root);
                        fastcgi_param GIT_HTTP_EXPORT_ALL 1; fastcgi_param PATH_INFO $uri; fastcgi_param QUERY_STRING $args;
                        fastcgi_param REQUEST_METHOD $request_method; fastcgi_param CONTENT_TYPE $content_type;
                        fastcgi_param CONTENT_LENGTH $content_length; fastcgi_param REMOTE_USER $remote_user;
                        fastcgi_param GIT_CONFIG_COUNT 2; fastcgi_param GIT_CONFIG_KEY_0 safe.directory; fastcgi_param GIT_CONFIG_VALUE_0 *;
                        fastcgi_param GIT_CONFIG_KEY_1 http.receivepack; fastcgi_param GIT_CONFIG_VALUE_1 true;
                    }
                }
            }
            """
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: directory.file("nginx.conf")))
        self.processes = [
            try Self.start("/usr/sbin/fcgiwrap", ["-c", "2", "-s", "unix:\(directory.file("socket"))"]),
            try Self.start("/usr/sbin/nginx", ["-c", directory.file("nginx.conf"), "-e", directory.file("log")]),
        ]
        let deadline = ContinuousClock.now + .seconds(10)
        while !(FileManager.default.fileExists(atPath: directory.file("pid")) && FileManager.default.fileExists(atPath: directory.file("socket"))) {
            guard ContinuousClock.now < deadline else {
                throw Failed(reason: (try? String(contentsOfFile: directory.file("log"), encoding: .utf8)) ?? "nginx did not start")
            }
            usleep(20_000)
        }
    }

    deinit { for process in self.processes { kill(process, SIGTERM) } }

    func url(_ repository: String) -> String { "https://127.0.0.1:\(self.port)/\(repository)" }

    private static func start(_ executable: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process.processIdentifier
    }

    @discardableResult
    private static func output(_ executable: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(reason: executable) }
        return String(decoding: data, as: UTF8.self)
    }
}
