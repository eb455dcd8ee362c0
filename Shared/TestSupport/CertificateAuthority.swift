import Foundation

/// An authority made by openssl for the occasion, and what it signs. Blocking: make and use it by ``offPool(_:)``.
package struct CertificateAuthority: Sendable {
    private let directory: TemporaryDirectory
    private let name: String
    /// PEM file.
    package var certificate: String { self.directory.file("\(self.name).pem") }

    package init(_ name: String, in directory: TemporaryDirectory) throws {
        self.directory = directory
        self.name = name
        try Tool.output([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)", "-days", "400", "-keyout",
            directory.file("\(name).key"), "-out", directory.file("\(name).pem"),
        ])
    }

    /// Writes `<to>.pem` and `<to>.key`, for `subject` and this machine.
    ///
    /// - Parameters:
    ///   - days: that it is good for, from now on; negative ones make one that has expired.
    ///   - isLocal: also for `localhost` and 127.0.0.1.
    ///   - password: of the key; nil leaves it open.
    package func sign(_ subject: String, days: Int = 90, isLocal: Bool = true, password: String? = nil, to: String) throws {
        let (key, request, extensions) = (self.directory.file("\(to).key"), self.directory.file("\(to).csr"), self.directory.file("\(to).ext"))
        let names = ["DNS:\(subject)"] + (isLocal ? ["DNS:localhost", "IP:127.0.0.1"] : [])
        try "subjectAltName=\(names.joined(separator: ","))".write(toFile: extensions, atomically: true, encoding: .utf8)
        try Tool.output(
            ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-subj", "/CN=\(subject)", "-keyout", key, "-out", request]
                + (password.map { ["-passout", "pass:\($0)"] } ?? ["-nodes"]))
        try Tool.output([
            "openssl", "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.directory.file("\(self.name).key"), "-CAcreateserial",
            "-days", "\(days)", "-extfile", extensions, "-out", self.directory.file("\(to).pem"),
        ])
    }
}
