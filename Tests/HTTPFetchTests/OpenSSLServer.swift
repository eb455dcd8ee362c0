import Foundation
import Testing

/// OpenSSL's test server on a free loopback port, with a self-signed certificate made for the occasion.
final class OpenSSLServer: Sendable {
    private static let executable = "/usr/bin/openssl"
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: Self.executable) }

    let port: Int
    /// PEM file.
    let certificate: String
    /// PEM file of its key.
    let key: String
    private let directory: URL
    private let pid: Int32

    /// `name` as in a subject alternative name: `IP:127.0.0.1`, `DNS:host.example`. Blocks until the server listens.
    ///
    /// - Parameter isMutual: who calls has to show the same certificate.
    init(name: String, isMutual: Bool = false) throws {
        self.directory = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
        self.key = self.directory.appendingPathComponent("key.pem").path
        self.certificate = self.directory.appendingPathComponent("certificate.pem").path

        let request = Self.command([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out", self.certificate, "-days", "1", "-subj", "/CN=test",
            "-addext", "subjectAltName=\(name)",
        ])
        try request.run()
        request.waitUntilExit()

        let mutual = isMutual ? ["-Verify", "1", "-verify_return_error", "-CAfile", self.certificate] : []
        let server = Self.command(["s_server", "-accept", "127.0.0.1:0", "-key", self.key, "-cert", self.certificate, "-www"] + mutual)
        let output = Pipe()
        server.standardOutput = output
        try server.run()
        self.pid = server.processIdentifier

        // "ACCEPT 127.0.0.1:40913"
        var text = ""
        while !(text.contains("ACCEPT") && text.hasSuffix("\n")), let byte = try output.fileHandleForReading.read(upToCount: 1) {
            text += String(decoding: byte, as: UTF8.self)
        }
        self.port = try #require(text.split(separator: ":").last.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }, "\(text)")
    }

    func stop() {
        // Not SIGTERM: the child inherits the signal mask of the thread that started it, which may block that.
        kill(self.pid, SIGKILL)
        try? FileManager.default.removeItem(at: self.directory)
    }

    private static func command(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.executable)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }
}
