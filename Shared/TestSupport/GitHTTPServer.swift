import Foundation
import Glibc

/// nginx with git's own HTTP backend, on a free loopback port, with a certificate of its own and one user's token.
package final class GitHTTPServer: Sendable {
    package let token = UUID().uuidString
    /// PEM file of the certificate.
    package let certificate: String
    private let port: Int
    private let directory: TemporaryDirectory
    private let processes: [Leash]

    /// - Parameter root: directory of the bare repositories.
    package init(root: String) throws {
        let directory = try TemporaryDirectory()
        self.directory = directory
        self.certificate = directory.file("certificate.pem")
        let port = try FreePort.next()
        self.port = port
        try Tool.output([
            "openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=git", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", directory.file("key.pem"), "-out", self.certificate,
        ])
        let password = try Tool.output(["openssl", "passwd", "-apr1", self.token])
        try Data("nephoran:\(password)".utf8).write(to: URL(fileURLWithPath: directory.file("users")))
        let temporary = ["client_body", "fastcgi", "proxy", "scgi", "uwsgi"].map { "\($0)_temp_path \(directory.file($0));" }.joined(separator: " ")
        let configuration = """
            daemon off; master_process off; \(geteuid() == 0 ? "user root;" : "") worker_processes 1; pid \(directory.file("pid")); error_log \(directory.file("log"));
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
        let backend = try Leash(["/usr/sbin/fcgiwrap", "-s", "unix:\(directory.file("socket"))"], log: directory.file("backend"))
        let server = try Leash(["/usr/sbin/nginx", "-c", directory.file("nginx.conf"), "-e", directory.file("log")], log: directory.file("log"))
        self.processes = [backend, server]
        try Tool.awaitListener(port, server, log: directory.file("log"))
    }

    package func stop() { for process in self.processes { process.release() } }

    package func url(_ repository: String) -> String { "https://127.0.0.1:\(self.port)/\(repository)" }
}
