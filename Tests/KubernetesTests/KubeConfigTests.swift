import Foundation
import TestSupport
import Testing

@testable import Kubernetes

@Suite("A kubeconfig")
struct KubeConfigTests {
    private func write(_ text: String, _ name: String = "config", in directory: TemporaryDirectory) throws -> String {
        let path = directory.file(name)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func config(user: String, cluster: String = "server: https://10.0.0.1:6443") -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: lab
        contexts:
          - name: lab
            context: {cluster: lab, user: operator, namespace: core5g}
        clusters:
          - name: lab
            cluster:
              \(cluster)
        users:
          - name: operator
            user:
              \(user)

        """
    }

    @Test("names the server, the namespace and a token")
    func token() async throws {
        let directory = try TemporaryDirectory()
        let path = try self.write(self.config(user: "token: abc"), in: directory)
        let access = try ClusterAccess(try KubeConfig(files: path))
        #expect(access.server == "https://10.0.0.1:6443")
        #expect(access.namespace == "core5g")
        #expect(try await access.credential.authorization() == "Bearer abc")
    }

    @Test("files of a list are put together, the earlier wins, those that are missing are passed over")
    func list() throws {
        let directory = try TemporaryDirectory()
        let first = try self.write("current-context: other\ncontexts: [{name: other, context: {cluster: lab, user: operator}}]\n", "first", in: directory)
        let second = try self.write(self.config(user: "token: abc"), "second", in: directory)
        let config = try KubeConfig(files: "\(first):\(directory.file("missing")):\(second)")
        #expect(config.currentContext == "other")
        #expect(try ClusterAccess(config).namespace == "default")
        #expect(try ClusterAccess(config, context: "lab").namespace == "core5g")
    }

    @Test("what is inline becomes files that only this user reads, gone with the last reference")
    func inline() throws {
        let directory = try TemporaryDirectory()
        let data = Data("pem".utf8).base64EncodedString()
        let text = self.config(
            user: "client-certificate-data: \(data)\n      client-key-data: \(data)",
            cluster: "server: https://10.0.0.1:6443\n      certificate-authority-data: \(data)")
        var access: ClusterAccess? = try ClusterAccess(try KubeConfig(files: try self.write(text, in: directory)))
        let file = try #require(access?.caFile)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "pem")
        let key = try #require(access?.certificate?.keyFile)
        #expect(try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int == 0o600)
        access = nil
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test("paths are meant from the file that says them")
    func relative() throws {
        let directory = try TemporaryDirectory()
        try "pem".write(toFile: directory.file("ca.crt"), atomically: true, encoding: .utf8)
        let text = self.config(user: "token: abc", cluster: "server: https://10.0.0.1:6443\n      certificate-authority: ca.crt")
        #expect(try ClusterAccess(try KubeConfig(files: try self.write(text, in: directory))).caFile?.hasSuffix("/ca.crt") == true)
    }

    @Test("a token file is read again, at the latest when the server refuses what was read")
    func tokenFile() async throws {
        let directory = try TemporaryDirectory()
        try "first\n".write(toFile: directory.file("token"), atomically: true, encoding: .utf8)
        let access = try ClusterAccess(try KubeConfig(files: try self.write(self.config(user: "tokenFile: token"), in: directory)))
        #expect(try await access.credential.authorization() == "Bearer first")
        try "second".write(toFile: directory.file("token"), atomically: true, encoding: .utf8)
        #expect(try await access.credential.authorization() == "Bearer first")
        #expect(await access.credential.renew())
        #expect(try await access.credential.authorization() == "Bearer second")
        #expect(await !access.credential.renew())
    }

    @Test("a program that hands out tokens runs only where that is allowed")
    func exec() async throws {
        let directory = try TemporaryDirectory()
        let script = directory.file("plugin")
        try "#!/bin/sh\nprintf '{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"%s\"}}' \"$1-$GREETING\"\n".write(
            toFile: script, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        let text = self.config(
            user:
                "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, args: [abc], env: [{name: GREETING, value: hello}]}")
        let config = try KubeConfig(files: try self.write(text, in: directory))
        let refusal = #expect(throws: InvalidAccess.self) { try ClusterAccess(config) }
        #expect(refusal?.description.contains("KUBE_ALLOW_EXEC") == true)
        let access = try ClusterAccess(config, allowsExec: true)
        #expect(try await access.credential.authorization() == "Bearer abc-hello")
    }

    @Test(
        "what cannot be used is refused with the place and the reason",
        arguments: [
            ("token: abc", "server: https://10.0.0.1\n      insecure-skip-tls-verify: true", "always verified"),
            ("token: abc", "server: 10.0.0.1", "https://"),
            ("token: abc", "server: https://10.0.0.1\n      certificate-authority-data: '*'", "certificate-authority"),
            ("token: abc", "server: https://10.0.0.1\n      certificate-authority: /nowhere/ca.crt", "/nowhere/ca.crt"),
            ("client-certificate-data: cGVt", "server: https://10.0.0.1", "client-key"), ("auth-provider: {name: gcp}", "server: https://10.0.0.1", "gcp"),
            ("as: somebody", "server: https://10.0.0.1", "impersonation"),
        ])
    func refused(user: String, cluster: String, reason: String) throws {
        let directory = try TemporaryDirectory()
        let path = try self.write(self.config(user: user, cluster: cluster), in: directory)
        let error = #expect(throws: InvalidAccess.self) { try ClusterAccess(try KubeConfig(files: path)) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.description.contains(path) == true)
    }

    @Test("an unknown context names those that there are; a file with faults shows none of its values")
    func unknown() throws {
        let directory = try TemporaryDirectory()
        let path = try self.write(self.config(user: "token: abc"), in: directory)
        let error = #expect(throws: InvalidAccess.self) { try ClusterAccess(try KubeConfig(files: path), context: "prod") }
        #expect(error?.description.contains("lab") == true)
        let bad = try self.write("users: [{name: operator, user: {token: [secret-value]}}]", "bad", in: directory)
        let fault = #expect(throws: InvalidAccess.self) { try KubeConfig(files: bad) }
        #expect(fault?.description.contains("secret-value") == false)
        #expect(throws: InvalidAccess.self) { try KubeConfig(files: directory.file("missing")) }
    }

    @Test("a pod uses what its service account is given")
    func inCluster() async throws {
        let directory = try TemporaryDirectory()
        let environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
        #expect(throws: InvalidAccess.self) { try ClusterAccess.inCluster(environment: [:], directory: directory.path) }
        #expect(throws: InvalidAccess.self) { try ClusterAccess.inCluster(environment: environment, directory: directory.path) }
        for (name, text) in [("token", "abc\n"), ("ca.crt", "pem"), ("namespace", "nephoran-system")] {
            try text.write(toFile: directory.file(name), atomically: true, encoding: .utf8)
        }
        let access = try ClusterAccess.inCluster(environment: environment, directory: directory.path)
        #expect(access.server == "https://[fd00::1]:443")
        #expect(access.namespace == "nephoran-system")
        #expect(try await access.credential.authorization() == "Bearer abc")
    }
}
