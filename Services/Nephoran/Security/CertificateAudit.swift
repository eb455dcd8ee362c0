import Foundation

/// Looks at the end of a certificate's validity, by `openssl`.
enum CertificateAudit {
    static let leastDays = 30

    static func findings(_ path: String, now: Date) async -> [SecurityFinding] {
        guard let openssl = Executables.find("openssl") else {
            return [SecurityFinding(.note, "certificate-expiry", path, "openssl is not there: not looked at")]
        }
        guard let run = try? await ToolRun.run(openssl, ["x509", "-in", path, "-noout", "-enddate", "-dateopt", "iso_8601"]), run.succeeded,
            let end = self.date(String(decoding: run.output, as: UTF8.self))
        else { return [SecurityFinding(.high, "certificate-unreadable", path, "no certificate in PEM form")] }
        let days = Int((end.timeIntervalSince(now) / 86_400).rounded(.down))
        if days < 0 { return [SecurityFinding(.high, "certificate-expiry", path, "it expired \(-days) days ago")] }
        guard days < self.leastDays else { return [] }
        return [SecurityFinding(.medium, "certificate-expiry", path, "it expires in \(days) days; renew it (\(self.leastDays))")]
    }

    /// `notAfter=2026-12-24 10:11:12Z`
    static func date(_ text: String) -> Date? {
        guard let cut = text.firstIndex(of: "=") else { return nil }
        let value = text[text.index(after: cut)...].trimmingCharacters(in: .whitespacesAndNewlines).replacingOccurrences(of: " ", with: "T")
        return try? Date(value, strategy: .iso8601)
    }
}
