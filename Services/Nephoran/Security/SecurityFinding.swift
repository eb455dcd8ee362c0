import Foundation

/// One thing that is not as the hardening guide (docs/security.md) has it.
struct SecurityFinding: Codable, Equatable, Comparable {
    enum Severity: String, Codable, CaseIterable, Comparable {
        case high, medium, low
        /// Something that was not looked at, and why.
        case note

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
        static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
    }

    let severity: Severity
    /// `file-mode`, `rbac-wildcard` … : the same for the same kind of finding, whatever the words.
    let rule: String
    /// A path, a listener, `Deployment nephoran-system/api-gateway`.
    let object: String
    let detail: String

    init(_ severity: Severity, _ rule: String, _ object: String, _ detail: String) {
        self.severity = severity
        self.rule = rule
        self.object = object
        self.detail = detail
    }

    static func < (a: Self, b: Self) -> Bool { (a.severity, a.rule, a.object, a.detail) < (b.severity, b.rule, b.object, b.detail) }
}

/// All that was found, and whether it is enough to fail.
struct SecurityReport: Encodable {
    let findings: [SecurityFinding]
    let passed: Bool

    /// - Parameter least: what is at least as severe fails.
    init(_ findings: [SecurityFinding], failing least: SecurityFinding.Severity) {
        self.findings = findings.sorted()
        self.passed = !findings.contains { $0.severity != .note && $0.severity <= least }
    }

    func lines(_ terminal: Terminal) -> [String] {
        var lines: [String] = []
        if !self.findings.isEmpty {
            var table = Table("SEVERITY", "RULE", "OBJECT", "FINDING")
            for finding in self.findings { table.add(finding.severity.rawValue, finding.rule, finding.object, finding.detail) }
            lines = table.lines(width: terminal.width, style: { terminal.styled($0, .bold) })
        }
        let counts = SecurityFinding.Severity.allCases.compactMap { severity -> String? in
            let count = self.findings.count { $0.severity == severity }
            return count > 0 ? "\(count) \(severity.rawValue)" : nil
        }
        return lines + ["\(self.passed ? "passed" : "NOT PASSED")\(counts.isEmpty ? "" : ": " + counts.joined(separator: ", "))"]
    }
}
