import ArgumentParser
import Foundation
import Kubernetes
import Resilience

struct SecurityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "security", abstract: "Is this installation as safe as it can be, and its secrets young?",
        subcommands: [SecurityAuditCommand.self, SecurityRotateCommand.self])
}

extension SecurityFinding.Severity: ExpressibleByArgument {}

struct SecurityAuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Look at this host, a cluster or manifests, and say what is not as docs/security.md has it.",
        discussion: """
            Of a host: modes, owners and age of files, listeners and their settings, certificates. Of a cluster: roles, network policies, security
            contexts, limits, secrets, images. Changes nothing. Ends with status 3 when something at least as severe as --fail-on was found.
            """)

    @Option(help: "Data directory of nephoran up.", completion: .directory) var dataDir: String = ".nephoran"
    @Flag(help: "Look at the cluster of KUBECONFIG instead of this host.") var cluster = false
    @Option(help: "Context of KUBECONFIG.") var context: String?
    @Option(help: "Namespace of the installation.") var namespace: String = "nephoran-system"
    @Option(help: "YAML file of manifests to look at instead; may be repeated.", completion: .file(extensions: ["yaml", "yml"])) var manifests: [String] = []
    @Option(help: "Certificate to look at as well; may be repeated.", completion: .file(extensions: ["pem", "crt"])) var certificate: [String] = []
    @Option(help: "Least severity that fails: high, medium or low.") var failOn: SecurityFinding.Severity = .medium
    @Option(help: "text or json.") var output: OutputFormat = .text

    func run() async throws {
        let findings: [SecurityFinding]
        if !self.manifests.isEmpty {
            findings = ClusterAudit(objects: try ClusterObjects.manifests(self.manifests), now: .now).findings()
        } else if self.cluster {
            findings = try await self.clusterFindings(ProcessInfo.processInfo.environment)
        } else {
            findings = await self.hostFindings(ProcessInfo.processInfo.environment)
        }
        let report = SecurityReport(findings, failing: self.failOn)
        let terminal = Terminal.standardOutput
        switch self.output {
        case .json: terminal.print(JSONText.pretty([UInt8](try JSONText.encode(report))))
        case .text: for line in report.lines(terminal) { terminal.print(line) }
        }
        if !report.passed { throw CommandFailure(.refused) }
    }

    func hostFindings(_ environment: [String: String], now: Date = .now) async -> [SecurityFinding] {
        let files = FileAudit(now: now)
        let listeners = ListenerAudit.running()
        var findings = files.findings(in: self.dataDir) + ListenerAudit.findings(listeners)
        // What the settings name, here and of what runs.
        let settings = [environment] + listeners.map(\.environment)
        findings += Self.secretFindings(settings, files: files, besides: self.dataDir)
        for path in Set(settings.compactMap { $0["CONFIG_FILE"] }).subtracting([""]).sorted() { findings += ConfigurationAudit(files: files).findings(path) }
        let certificates = Set(
            settings.flatMap { values in (["TLS_CERT_FILE"] + PeerCredentials.settings("CERTIFICATE_FILE")).compactMap { values[$0] }.filter { !$0.isEmpty } })
        for path in certificates.union(self.certificate).sorted() { findings += await CertificateAudit.findings(path, now: now) }
        if environment["AUTH_MODE"] == "off", !findings.contains(where: { $0.rule == "auth-off" }) {
            findings.append(.init(.medium, "auth-off", "AUTH_MODE", "off: whoever is on this machine may do everything"))
        }
        return findings
    }

    /// What is wrong with the files of secrets that settings name, and those that the files of settings name; all but what is looked at in the data
    /// directory anyway.
    static func secretFindings(_ settings: [[String: String]], files: FileAudit, besides directory: String) -> [SecurityFinding] {
        var findings: [SecurityFinding] = []
        var secrets = Set(settings.flatMap { values in values.filter { $0.key.hasSuffix("_FILE") && Self.isSecret($0.key) && !$0.value.isEmpty }.map(\.value) })
        // And what the files that they name do.
        for name in SecretListing.settings.keys.sorted() {
            for path in Set(settings.compactMap { $0[name] }).subtracting([""]).sorted() {
                findings += files.findings(listing: path)
                if let named = SecretListing(path, of: name).secrets {
                    secrets.formUnion(named)
                } else {
                    findings.append(.init(.note, "secrets-unread", path, "\(name) names it and it cannot be read: what secrets it names was not looked at"))
                }
            }
        }
        // A mounted Secret, or a directory of an operator's: one key a file.
        for directory in Set(settings.compactMap { $0["NETWORK_INTENTS_KEYS_PATH"] }).subtracting([""]).sorted() {
            findings += files.findings(listing: directory)
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            secrets.formUnion(names.filter { !$0.hasPrefix(".") }.map { directory + "/" + $0 })
        }
        for path in secrets.sorted() where !files.looksAt(secret: path, in: directory) { findings += files.findings(secret: path) }
        return findings
    }

    private static func isSecret(_ name: String) -> Bool {
        ["TOKEN", "SECRET", "PASSWORD", "API_KEY", "KEY_FILE", "SIGNING_KEY", "KEYS_FILE"].contains { name.contains($0) }
    }

    private func clusterFindings(_ environment: [String: String]) async throws -> [SecurityFinding] {
        let access: ClusterAccess
        do throws(InvalidAccess) {
            let place = environment["KUBECONFIG"].flatMap { $0.isEmpty ? nil : $0 } ?? (environment["HOME"] ?? "") + "/.kube/config"
            access =
                place == "in-cluster"
                ? try ClusterAccess.inCluster(environment: environment)
                : try ClusterAccess(try KubeConfig(files: place), context: self.context, allowsExec: false)
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
        return try await Self.clusterFindings(access, namespace: self.namespace)
    }

    static func clusterFindings(_ access: ClusterAccess, namespace: String, now: Date = .now) async throws(CommandFailure) -> [SecurityFinding] {
        let client = KubernetesClient(access, upstream: Upstream("kubernetes", Upstream.Configuration()), manager: "nephoran-security-audit")
        defer { client.stop() }
        let (objects, notes) = try await ClusterObjects.live(client, namespace: namespace)
        let audit = ClusterAudit(objects: objects, now: now)
        return notes + audit.findings() + (await ImageScan.findings(audit.images))
    }
}
