import Foundation
import TestSupport
import Testing

@testable import Kubernetes

@Suite struct MutationTests {
    @Test("whatever a watch sends, in whatever pieces, it is events, or the end of the watch, and no more is held than a line may have")
    func watch() throws {
        let seeds = [
            #"{"type":"ADDED","object":{"kind":"NetworkIntent","metadata":{"name":"amf","namespace":"north","uid":"u","resourceVersion":"12","generation":2,"finalizers":["x"]},"spec":{"intent":"Deploy an AMF"},"status":{"phase":"Pending"}}}"#
                + "\n" + #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"13"}}}"# + "\n",
            #"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old","details":{"retryAfterSeconds":1}}}"# + "\n",
            "\n\n{}\n" + #"{"type":"DELETED","object":{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"}}}"#,
        ].map { Array($0.utf8) }
        try Mutations("watch-stream", seeds: seeds).run(rounds: 20_000) { bytes throws in
            var lines = WatchLines(limit: 2_048)
            var whole: [[UInt8]] = []
            do throws(WatchLines.TooLong) {
                for start in stride(from: 0, to: bytes.count, by: 13) {
                    whole += try lines.append(Array(bytes[start..<min(start + 13, bytes.count)]))
                }
            } catch { _ = error.limit }
            for line in whole {
                try #require(!line.isEmpty && line.count <= 2_048 && !line.contains(UInt8(ascii: "\n")))
                do throws(KubernetesError) {
                    switch try WatchEvent(line) {
                    case .changed(let object), .deleted(let object):
                        _ = (object.key.description, object.generation, object.finalizers, object.isBeingDeleted, object.spec, object.status)
                    case .bookmark: break
                    case .failed(let error): _ = ("\(error)", error.isConflict, error.isNotFound)
                    }
                } catch { try #require(!"\(error)".isEmpty) }
            }
        }
    }

    @Test("whatever a kubeconfig holds, it leads to a server over HTTP, runs no program, or is refused with its place")
    func kubeconfig() throws {
        let seeds = [
            """
            apiVersion: v1
            kind: Config
            current-context: lab
            contexts: [{name: lab, context: {cluster: lab, user: nora, namespace: core5g}}]
            clusters: [{name: lab, cluster: {server: "https://10.0.0.1:6443", certificate-authority-data: "LS0tLS0="}}]
            users: [{name: nora, user: {token: abc, client-certificate-data: "QQ==", client-key-data: "QQ=="}}]

            """,
            """
            current-context: a
            contexts: [{name: a, context: {cluster: a, user: a}}]
            clusters: [{name: a, cluster: {server: "http://a", insecure-skip-tls-verify: true, proxy-url: "http://p"}}]
            users: [{name: a, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: login, args: [x], env: [{name: A, value: b}]}}}]
            """,
        ].map { Array($0.utf8) }
        try Mutations("kubeconfig", seeds: seeds).run(rounds: 600) { bytes throws in
            let access: ClusterAccess
            do throws(InvalidAccess) {
                access = try ClusterAccess(try KubeConfig(String(decoding: bytes, as: UTF8.self), file: "config"))
            } catch { return try #require(!"\(error)".isEmpty) }
            try #require(access.server.hasPrefix("https://") || access.server.hasPrefix("http://"))
            if let files = access.certificate { try #require(!files.certificateFile.isEmpty) }
        }
    }
}
