import Foundation
import Glibc

/// Looks at the files of a data directory: who may read them, and how old the secrets are.
struct FileAudit {
    static let maxSecretAge: TimeInterval = 90 * 86_400

    let now: Date

    /// Files whose content is a secret.
    private static let secrets: Set<String> = ["token", "callback-secret", "keys.yaml", "keys.sqlite", "signing-key", "service-secret", "pepper"]

    func findings(in directory: String) -> [SecurityFinding] {
        var found: [SecurityFinding] = []
        guard let own = Self.status(directory) else {
            return [SecurityFinding(.medium, "data-directory", directory, "it is not there, so that nothing in it was looked at; --data-dir names another")]
        }
        found += self.findings(directory, own, isDirectory: true, isSecret: true)
        for name in ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted() {
            let path = directory + "/" + name
            guard let status = Self.status(path) else { continue }
            found += self.findings(path, status, isDirectory: (status.st_mode & S_IFMT) == S_IFDIR, isSecret: Self.secrets.contains(name))
        }
        return found
    }

    /// A file that a setting names.
    func findings(secret path: String) -> [SecurityFinding] {
        guard let status = Self.status(path) else { return [SecurityFinding(.medium, "secret-missing", path, "a setting names it and it is not there")] }
        return self.findings(path, status, isDirectory: false, isSecret: true)
    }

    /// A file that names secrets: who may change it may have them shown to anybody.
    func findings(listing path: String) -> [SecurityFinding] {
        Self.status(path).map { self.findings(path, $0, isDirectory: false, isSecret: false) } ?? []
    }

    /// Whether ``findings(in:)`` takes this file of the directory for a secret.
    func looksAt(secret path: String, in directory: String) -> Bool {
        guard path.hasPrefix(directory + "/") else { return false }
        return Self.secrets.contains(String(path.dropFirst(directory.count + 1)))
    }

    private func findings(_ path: String, _ status: stat, isDirectory: Bool, isSecret: Bool) -> [SecurityFinding] {
        var found: [SecurityFinding] = []
        let mode = status.st_mode & 0o777
        let text = "0" + String(mode, radix: 8)
        // What is below a closed directory is closed, but for who changes the directory's mode.
        if mode & 0o022 != 0 {
            found.append(.init(.high, "file-mode", path, "others may change it (\(text)); chmod go-w"))
        } else if isSecret, mode & 0o077 != 0 {
            found.append(.init(.high, "file-mode", path, "others may \(isDirectory ? "enter" : "read") it (\(text)); chmod \(isDirectory ? "700" : "600")"))
        }
        if status.st_uid != geteuid(), status.st_uid != 0 {
            found.append(.init(.medium, "file-owner", path, "it belongs to user \(status.st_uid), not to who looks (\(geteuid()))"))
        }
        let age = self.now.timeIntervalSince1970 - TimeInterval(status.st_mtim.tv_sec)
        if isSecret, !isDirectory, age > Self.maxSecretAge {
            found.append(.init(.medium, "secret-age", path, "it has not been changed for \(Int(age / 86_400)) days; rotate it (90)"))
        }
        return found
    }

    /// Follows links: what counts is who may read what is there.
    private static func status(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }
}
