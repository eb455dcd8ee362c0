import Foundation
import JSONSchema
import Kubernetes
import TestSupport
import Testing

@testable import Nephoran

@Suite(.timeLimit(.minutes(2))) struct SecurityAuditTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    private static func rules(_ findings: [SecurityFinding], _ severities: Set<SecurityFinding.Severity> = [.high, .medium, .low]) -> Set<String> {
        Set(findings.filter { severities.contains($0.severity) }.map(\.rule))
    }

    // MARK: Host

    @Test("a data directory as up makes it passes; what others may read or change, and what is old, is found")
    func files() throws {
        let place = try TemporaryDirectory()
        let directory = place.file("data")
        let manager = FileManager.default
        try manager.createDirectory(atPath: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        _ = manager.createFile(atPath: directory + "/token", contents: Data("x".utf8), attributes: [.posixPermissions: 0o600])
        _ = manager.createFile(atPath: directory + "/archive.sqlite", contents: Data(), attributes: [.posixPermissions: 0o644])
        #expect(FileAudit(now: .now).findings(in: directory) == [])

        let later = FileAudit(now: .now.addingTimeInterval(91 * 86_400)).findings(in: directory)
        #expect(later.map(\.rule) == ["secret-age"] && later[0].object.hasSuffix("/token"))
        #expect(FileAudit(now: .now.addingTimeInterval(89 * 86_400)).findings(in: directory) == [])

        try manager.setAttributes([.posixPermissions: 0o640], ofItemAtPath: directory + "/token")
        try manager.setAttributes([.posixPermissions: 0o666], ofItemAtPath: directory + "/archive.sqlite")
        try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory)
        let found = FileAudit(now: .now).findings(in: directory).sorted()
        #expect(found.count == 3 && found.allSatisfy { $0.rule == "file-mode" && $0.severity == .high })
        #expect(!SecurityReport(found, failing: .medium).passed)
        #expect(FileAudit(now: .now).findings(in: place.file("none")).map(\.severity) == [.medium])
        #expect(FileAudit(now: .now).findings(secret: place.file("none")).map(\.rule) == ["secret-missing"])
    }

    /// A file with a mode and an age in days.
    private static func make(_ path: String, _ text: String = "x", mode: Int = 0o600, age: Double = 0) throws -> String {
        _ = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8),
            attributes: [.posixPermissions: mode, .modificationDate: Date(timeIntervalSinceNow: -age * 86_400)])
        // Made under the mask of whoever runs the tests.
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    @Test("keys and tokens that the files of repositories and elements name are looked at like those of settings")
    func listings() throws {
        let place = try TemporaryDirectory()
        let files = FileAudit(now: .now)
        let (good, old) = (try Self.make(place.file("good")), try Self.make(place.file("old"), age: 100))
        let (open, key) = (try Self.make(place.file("open"), mode: 0o644), try Self.make(place.file("du.key"), mode: 0o640))
        let repositories = try Self.make(
            place.file("repositories.yaml"),
            """
            repositories:
              - {name: edge, url: "https://git.example/edge.git", clusters: ["edge-*"], tokenFile: \(old), signingKeyFile: \(good)}
              - {name: core, url: "ssh://git@git.example/core.git", clusters: [core], sshKeyFile: \(open), caFile: /none}
              - {name: west, url: "https://git.example/west.git", clusters: [west], tokenFile: \(place.file("gone"))}
            """, mode: 0o644)
        let elements = try Self.make(
            place.file("elements.json"),
            #"{"elements": [{"name": "du-3", "keyFile": "\#(key)"}, {"name": "du-4", "passwordFile": "\#(good)"}, {"name": "du-5"}, "x"]}"#, mode: 0o644)
        func found(_ settings: [String: String], besides directory: String = "/none") -> [String] {
            SecurityAuditCommand.secretFindings([settings], files: files, besides: directory)
                .map { "\($0.rule) \(URL(filePath: $0.object).lastPathComponent)" }.sorted()
        }
        #expect(found(["GIT_REPOSITORIES_FILE": repositories]) == ["file-mode open", "secret-age old", "secret-missing gone"])
        #expect(found(["O1_ELEMENTS": elements]) == ["file-mode du.key"])
        #expect(found(["GIT_REPOSITORIES_FILE": "", "O1_ELEMENTS": "", "GIT_TOKEN_FILE": open]) == ["file-mode open"])
        // In the data directory, too, unless it is one of those that are looked at there by their names.
        #expect(found(["O1_ELEMENTS": elements], besides: place.path) == ["file-mode du.key"])
        let token = try Self.make(place.file("token"), mode: 0o644)
        #expect(found(["GIT_TOKEN_FILE": token]) == ["file-mode token"])
        #expect(found(["GIT_TOKEN_FILE": token], besides: place.path).isEmpty)

        // Who may write the list may have tokens shown to servers of his.
        try FileManager.default.setAttributes([.posixPermissions: 0o664], ofItemAtPath: elements)
        #expect(found(["O1_ELEMENTS": elements]) == ["file-mode du.key", "file-mode elements.json"])
        let broken = try Self.make(place.file("broken.yaml"), "repositories: [")
        #expect(found(["GIT_REPOSITORIES_FILE": broken]) == ["secrets-unread broken.yaml"])
        #expect(found(["GIT_REPOSITORIES_FILE": place.file("no-file")]) == ["secrets-unread no-file"])
        #expect(found(["O1_ELEMENTS": try Self.make(place.file("other.yaml"), "elements: none")]).isEmpty)
    }

    @Test("a listener beyond loopback without TLS or keys is found")
    func listeners() {
        func rules(_ environment: [String: String]) -> Set<String> {
            Self.rules(ListenerAudit.findings([.init(service: "api-gateway", address: "0.0.0.0", port: 8080, environment: environment)]))
        }
        #expect(rules(["HOST": "0.0.0.0"]) == ["listener-plain"])
        #expect(rules(["TLS_CERT_FILE": "/c.pem"]) == [])
        #expect(rules(["TLS_CERT_FILE": "/c.pem", "AUTH_MODE": "off", "METRICS_OPEN": "true"]) == ["listener-open", "metrics-open"])
        #expect(rules([:]) == [])
        let here = ListenerAudit.Listener(service: "rag-api", address: ListenerAudit.loopback, port: 1, environment: ["HOST": "127.0.0.1"])
        #expect(ListenerAudit.findings([here]) == [])
        var open = here
        open.environment["AUTH_MODE"] = "off"
        #expect(ListenerAudit.findings([open]).map(\.severity) == [.medium])
    }

    @Test("what runs on loopback is looked at with its settings, too")
    func running() throws {
        let place = try TemporaryDirectory()
        let process = place.file("4711")
        for folder in ["4711/fd", "net", "4712/fd"] {
            try FileManager.default.createDirectory(atPath: place.file(folder), withIntermediateDirectories: true)
        }
        func link(_ name: String, _ target: String) throws { try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: target) }
        try link(process + "/exe", "/opt/nephoran/bin/rag-api")
        try link(process + "/fd/7", "socket:[815]")
        try link(place.file("4712") + "/exe", "/usr/bin/other")
        try link(place.file("4712") + "/fd/7", "socket:[816]")
        try Data("HOST=127.0.0.1\0CONFIG_FILE=/etc/nephoran.yaml\0".utf8).write(to: URL(filePath: process + "/environ"))
        try "  sl local\n 0: 0100007F:1F90 00000000:0000 0A 0:0 0:0 0 1000 0 815 1\n 1: 00000000:1F91 00000000:0000 0A 0:0 0:0 0 1000 0 816 1\n"
            .write(toFile: place.file("net/tcp"), atomically: true, encoding: .utf8)
        let found = ListenerAudit.running(proc: place.path)
        #expect(found.map(\.address) == [ListenerAudit.loopback] && found.map(\.port) == [8080])
        #expect(found.first?.environment["CONFIG_FILE"] == "/etc/nephoran.yaml")
    }

    @Test("a file of settings that holds a secret is found, and one that others may read or change; one without secrets may be read")
    func settings() throws {
        let place = try TemporaryDirectory()
        let audit = ConfigurationAudit(files: FileAudit(now: .now))
        func rules(_ text: String, mode: Int = 0o600, name: String = "nephoran.yaml") throws -> [String] {
            let path = place.file(name)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            return audit.findings(path).map(\.rule).sorted()
        }
        #expect(try rules("log: {level: debug}\nllm: {apiKeyFile: /run/secrets/llm}\n", mode: 0o644) == [])
        #expect(try rules("log: {level: debug}\n", mode: 0o666) == ["file-mode"])
        #expect(try rules("llm-processor:\n  llm: {apiKey: sk-1}\n", mode: 0o644) == ["file-mode", "secret-in-settings"])
        #expect(try rules("AUTH_TOKEN: x\nvesPassword: y\no2_token: ''\n") == ["secret-in-settings", "secret-in-settings"])
        #expect(try rules("cacheRedisPassword: p\nredis: {password: q}\n") == ["secret-in-settings", "secret-in-settings"])
        #expect(try rules("redisUrl: redis://:pass@host:6379\ngit: {repoUrl: https://host/x.git}\n") == ["secret-in-settings"])
        #expect(try rules("[") == ["settings-unread"])
        #expect(audit.findings(place.file("nothing")).map(\.severity) == [.note])
        // A mounted directory: a secret by its name, and who may read it.
        let directory = place.file("settings")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        #expect(try rules("x", mode: 0o600, name: "settings/LOG_LEVEL") == [])
        _ = try rules("x", mode: 0o644, name: "settings/AUTH_TOKEN")
        #expect(audit.findings(directory).map(\.rule) == ["file-mode"])
    }

    @Test("an anchor that is older than was asked for, or none, makes a log unsound")
    func anchors() throws {
        let now = Date(timeIntervalSince1970: 1_795_000_000)
        let asked = try AuditVerifyCommand.parse(["--max-anchor-age", "1h"])
        #expect(asked.stale(now - 600, now: now) == nil)
        #expect(asked.stale(now - 3_700, now: now)?.contains("3700 s") == true && asked.stale(nil, now: now) == "there is no anchor")
        #expect(try AuditVerifyCommand.parse([]).stale(nil, now: now) == nil)
    }

    @Test("keys of namespaces are secrets, each in its file")
    func namespaces() throws {
        let place = try TemporaryDirectory()
        let keys = place.file("keys")
        try FileManager.default.createDirectory(atPath: keys, withIntermediateDirectories: false)
        for (name, mode) in [("north", 0o600), ("south", 0o644)] {
            try "nph_x".write(toFile: keys + "/" + name, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: keys + "/" + name)
        }
        let findings = SecurityAuditCommand.secretFindings(
            [["NETWORK_INTENTS_KEYS_PATH": keys]], files: FileAudit(now: .now), besides: place.file("data"))
        #expect(findings.map(\.object) == [keys + "/south"])
    }

    @Test(
        "addresses are read as the kernel writes them",
        arguments: [
            ("0100007F", nil), ("00000000", "0.0.0.0"), ("0500000A", "10.0.0.5"), ("00000000000000000000000000000000", "[::]"),
            ("00000000000000000000000001000000", nil), ("0000000000000000FFFF00000100007F", nil),
            ("B80D0120000000000000000001000000", "[2001:db8:0:0:0:0:0:1]"),
        ] as [(String, String?)])
    func addresses(_ text: String, _ address: String?) { #expect(ListenerAudit.address(text) == address) }

    @Test("a certificate that expires soon is found, and one that has")
    func certificates() async throws {
        let place = try TemporaryDirectory()
        let path = place.file("own.pem")
        _ = try await offPool {
            try Tool.output([
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x", "-days", "40", "-keyout",
                place.file("own.key"), "-out", path,
            ])
        }
        #expect(await CertificateAudit.findings(path, now: .now) == [])
        #expect(await CertificateAudit.findings(path, now: .now.addingTimeInterval(15 * 86_400)).map(\.severity) == [.medium])
        #expect(await CertificateAudit.findings(path, now: .now.addingTimeInterval(50 * 86_400)).map(\.severity) == [.high])
        #expect(await CertificateAudit.findings(place.file("own.key"), now: .now).map(\.rule) == ["certificate-unreadable"])
    }

    // MARK: Cluster

    private static let pod: JSONValue = [
        "securityContext": ["runAsNonRoot": true, "seccompProfile": ["type": "RuntimeDefault"]],
        "containers": [
            [
                "name": "main", "image": "registry.example.net/nephoran/api-gateway:1.0.0",
                "securityContext": ["allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": ["drop": ["ALL"]]],
                "resources": ["requests": ["cpu": "100m", "memory": "64Mi"], "limits": ["memory": "256Mi"]],
            ]
        ],
    ]

    private static func deployment(_ change: (inout JSONValue) -> Void = { _ in }) -> JSONValue {
        var pod = self.pod
        change(&pod)
        return [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "api-gateway", "namespace": "nephoran-system"],
            "spec": [
                "selector": ["matchLabels": ["app": "api-gateway"]],
                "template": ["metadata": ["labels": ["app": "api-gateway"]], "spec": pod],
            ],
        ]
    }

    private static let policy: JSONValue = [
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": ["name": "all", "namespace": "nephoran-system"],
        "spec": ["podSelector": [:], "policyTypes": ["Ingress"]],
    ]

    private static func audit(_ objects: JSONValue...) -> [SecurityFinding] {
        ClusterAudit(objects: objects.map { KubernetesObject($0) }, now: .now).findings()
    }

    @Test("a workload that is as it should be passes; each thing that is not is found by its rule")
    func workloads() {
        #expect(Self.audit(Self.deployment(), Self.policy) == [])
        #expect(Self.rules(Self.audit(Self.deployment())) == ["network-policy"])
        func rules(_ change: (inout JSONValue) -> Void) -> Set<String> { Self.rules(Self.audit(Self.deployment(change), Self.policy)) }
        func container(_ change: (inout JSONValue) -> Void) -> Set<String> {
            rules { pod in
                var container = pod["containers"]?[0] ?? .null
                change(&container)
                pod["containers"] = .array([container])
            }
        }
        #expect(rules { $0["hostNetwork"] = true } == ["host-namespace"])
        #expect(rules { $0["volumes"] = [["name": "v", "hostPath": ["path": "/"]]] } == ["host-path"])
        #expect(rules { $0["securityContext"] = [:] } == ["root", "seccomp"])
        #expect(container { $0["resources"] = [:] } == ["resources"])
        #expect(container { $0["image"] = "nephoran/api-gateway:latest" } == ["image-tag"])
        #expect(container { $0["image"] = "registry:5000/api-gateway" } == ["image-tag"])
        #expect(container { $0["securityContext"]?["privileged"] = true } == ["privileged"])
        #expect(container { $0["securityContext"]?["allowPrivilegeEscalation"] = nil } == ["privilege-escalation"])
        #expect(container { $0["securityContext"]?["readOnlyRootFilesystem"] = false } == ["root-filesystem"])
        #expect(container { $0["securityContext"]?["capabilities"] = ["drop": ["ALL"], "add": ["SYS_ADMIN"]] } == ["capabilities"])
        #expect(container { $0["env"] = [["name": "AUTH_TOKEN", "value": "abc"]] } == ["secret-in-environment"])
        #expect(container { $0["env"] = [["name": "AUTH_TOKEN_FILE", "value": "/run/token"], ["name": "LLM_MAX_TOKENS", "value": "512"]] } == [])
        #expect(container { $0["env"] = [["name": "REDIS_URL", "value": "redis://:pw@redis:6379"]] } == ["secret-in-environment"])
    }

    @Test("roles that may too much, secrets in the wrong place or too old, and what is exposed are found")
    func others() {
        func role(_ rules: JSONValue, kind: String = "ClusterRole") -> Set<String> {
            Self.rules(Self.audit(["kind": .string(kind), "metadata": ["name": "r"], "rules": rules]))
        }
        #expect(role([["apiGroups": ["*"], "resources": ["pods"], "verbs": ["get"]]]) == ["rbac-wildcard"])
        #expect(role([["apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]]]) == ["rbac-secrets"])
        #expect(role([["apiGroups": [""], "resources": ["secrets"], "resourceNames": ["one"], "verbs": ["get"]]]) == [])
        #expect(role([["apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]]]) == ["rbac-escalation"])
        #expect(role([["apiGroups": ["nephoran.com"], "resources": ["networkintents"], "verbs": ["get", "list", "watch"]]]) == [])
        #expect(
            Self.rules(Self.audit(["kind": "ClusterRoleBinding", "metadata": ["name": "b"], "roleRef": ["name": "cluster-admin"], "subjects": []]))
                == ["rbac-binding"])
        func map(_ data: JSONValue) -> Set<String> { Self.rules(Self.audit(["kind": "ConfigMap", "metadata": ["name": "c"], "data": data])) }
        #expect(map(["auth_token": "0123456789abcdef"]) == ["secret-in-configmap"])
        #expect(map(["settings.yaml": "llm:\n  apiKey: sk-0123456789abcdef\n"]) == ["secret-in-configmap"])
        #expect(map(["settings.yaml": "llm:\n  apiKeyFile: /run/secrets/llm/key\n  model: gpt\n"]) == [])
        let secret: JSONValue = ["kind": "Secret", "metadata": ["name": "s", "creationTimestamp": "2026-01-01T00:00:00Z"], "type": "Opaque"]
        #expect(Self.rules(Self.audit(secret)) == ["secret-age"])
        #expect(Self.rules(Self.audit(["kind": "Service", "metadata": ["name": "s"], "spec": ["type": "NodePort"]])) == ["service-exposed"])
        #expect(Self.rules(Self.audit(["kind": "Ingress", "metadata": ["name": "i"], "spec": ["rules": []]])) == ["ingress-plain"])
    }

    @Test("a cluster is looked at through its API; what may not be read is said, and the rest is")
    func cluster() async throws {
        let group = "rbac.authorization.k8s.io"
        let fake = try await FakeKubernetes.start(
            kinds: FakeKind.builtIn + [
                FakeKind("batch", "v1", "Job", "jobs"), FakeKind("batch", "v1", "CronJob", "cronjobs"), FakeKind("", "v1", "Service", "services"),
                FakeKind("", "v1", "Secret", "secrets", hasStatus: false), FakeKind("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"),
                FakeKind("networking.k8s.io", "v1", "Ingress", "ingresses"), FakeKind(group, "v1", "Role", "roles", hasStatus: false),
                FakeKind(group, "v1", "RoleBinding", "rolebindings", hasStatus: false),
                FakeKind(group, "v1", "ClusterRole", "clusterroles", isNamespaced: false, hasStatus: false),
                FakeKind(group, "v1", "ClusterRoleBinding", "clusterrolebindings", isNamespaced: false, hasStatus: false),
            ])
        _ = try fake.create("deployments", Self.deployment { $0["hostPID"] = true })
        _ = try fake.create(
            "configmaps",
            ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "c", "namespace": "nephoran-system"], "data": ["password": "hunter2hunter2"]])
        fake.inject { _, path in path.contains("secrets") ? .status(403, reason: "Forbidden") : nil }
        let found = try await SecurityAuditCommand.clusterFindings(ClusterAccess(server: fake.url), namespace: "nephoran-system")
        #expect(Self.rules(found) == ["host-namespace", "network-policy", "secret-in-configmap"])
        #expect(found.contains { $0.severity == .note && $0.object == "secrets" })
        await fake.stop()
    }

    @Test("the manifests that are shipped pass")
    func manifests() async throws {
        for overlay in ["base", "overlays/production"] {
            let path = Self.root + "/deploy/" + overlay
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let directory = try TemporaryDirectory()
            let text = try await offPool { try Tool.output(["kubectl", "kustomize", path]) }
            try text.write(toFile: directory.file("all.yaml"), atomically: true, encoding: .utf8)
            let found = ClusterAudit(objects: try ClusterObjects.manifests([directory.file("all.yaml")]), now: .now).findings()
            #expect(
                SecurityReport(found, failing: .medium).passed,
                "\(overlay): \(found.filter { $0.severity <= .medium }.map { "\($0.rule) \($0.object) \($0.detail)" })")
        }
    }
}
