import IntentModel
import JSONSchema
import Kubernetes
import Testing

@testable import NephioBridge

@Suite("How far a rollout has come")
struct RolloutStateTests {
    private static let manifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: amf
        spec:
          replicas: 3
          template:
            metadata:
              labels: {app: amf}
              annotations: {nephoran.com/config-hash: "12345678"}
            spec:
              containers:
                - name: amf
                  image: free5gc/amf:v4
                  command: [./amf, "-c", "1"]
                  resources: {requests: {cpu: 1000m, memory: 1Gi}}
        """

    private var desired: DesiredObject {
        get throws {
            let files = [
                PackageFile(path: "deployment.yaml", content: Self.manifest + "\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: Deployment}\n")
            ]
            return try #require(DesiredObject.all(in: files, namespace: "core5g").first)
        }
    }

    /// As a server would have it: quantities in its own form, with what it adds.
    private func live(_ status: JSONValue, change: (inout JSONValue) -> Void = { _ in }) throws -> JSONValue {
        var live = try self.desired.json
        live["metadata"]?["generation"] = 4
        live["status"] = status
        live["spec"]?["template"]?["spec"]?["dnsPolicy"] = "ClusterFirst"
        live["spec"]?["template"]?["spec"]?["containers"] = [
            ["name": "sidecar", "image": "proxy:1"],
            [
                "name": "amf", "image": "free5gc/amf:v4", "imagePullPolicy": "IfNotPresent", "command": ["./amf", "-c", "1"],
                "resources": ["requests": ["cpu": "1", "memory": "1073741824"]],
            ],
        ]
        change(&live)
        return live
    }

    private func status(observed: Int = 4, updated: Int = 3, total: Int = 3, available: Int = 3, conditions: JSONValue = []) -> JSONValue {
        [
            "observedGeneration": .number(Double(observed)), "updatedReplicas": .number(Double(updated)), "replicas": .number(Double(total)),
            "availableReplicas": .number(Double(available)), "conditions": conditions,
        ]
    }

    @Test("workloads of a package are read with their types, in the package's namespace")
    func reading() throws {
        let desired = try self.desired
        #expect(desired.key == ObjectKey(namespace: "core5g", name: "amf"))
        #expect(desired.json["spec"]?["template"]?["metadata"]?["annotations"]?["nephoran.com/config-hash"] == "12345678")
        #expect(desired.json["spec"]?["template"]?["spec"]?["containers"]?[0]?["command"]?[2] == "1")
    }

    @Test("available: as published, observed, all of this revision, none of the one before")
    func available() throws {
        let state = RolloutState(try self.desired, live: try self.live(self.status()))
        #expect(state == .available("Deployment core5g/amf: generation 4 observed, 3 of 3 replicas available"))
    }

    @Test("anything that is missing is said")
    func progressing() throws {
        func reason(_ live: JSONValue?) throws -> String {
            guard case .progressing(let text) = RolloutState(try self.desired, live: live) else { return "not progressing" }
            return text
        }
        #expect(try reason(nil).contains("not in the cluster"))
        #expect(try reason(self.live(self.status(observed: 3))).contains("generation 4 is not observed"))
        #expect(try reason(self.live(self.status(updated: 2))).contains("2 of 3 replicas are of this revision"))
        #expect(try reason(self.live(self.status(total: 4))).contains("1 replicas of the revision before"))
        #expect(try reason(self.live(self.status(available: 0))).contains("0 of 3 replicas are available"))
        #expect(try reason(self.live(self.status()) { $0["spec"]?["replicas"] = 2 }).contains("replicas are 2, not 3"))
        let hash = try reason(self.live(self.status()) { $0["spec"]?["template"]?["metadata"]?["annotations"] = ["nephoran.com/config-hash": "old"] })
        #expect(hash.contains("config-hash is \"old\""))
        let container: JSONValue = ["name": "amf", "image": "free5gc/amf:v3"]
        #expect(try reason(self.live(self.status()) { $0["spec"]?["template"]?["spec"]?["containers"] = [container] }).contains("image is"))
    }

    @Test("what a controller has given up has failed")
    func failed() throws {
        let gaveUp: JSONValue = [["type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "timed out progressing"]]
        let state = RolloutState(try self.desired, live: try self.live(self.status(available: 0, conditions: gaveUp)))
        #expect(state == .failed("Deployment core5g/amf: timed out progressing"))
    }

    @Test("an NFDeployment is what its conditions say")
    func functions() {
        let desired = DesiredObject(kind: .functionDeployment, key: ObjectKey(namespace: "core5g", name: "upf"), json: [:])
        func state(_ conditions: JSONValue) -> RolloutState {
            RolloutState(desired, live: ["metadata": ["generation": 1], "status": ["conditions": conditions]])
        }
        #expect(state([["type": "Ready", "status": "True"]]) == .available("NFDeployment core5g/upf: Ready"))
        #expect(state([["type": "Available", "status": "True"]]) == .available("NFDeployment core5g/upf: Available"))
        let notReady: JSONValue = [["type": "Available", "status": "True"], ["type": "Ready", "status": "False", "reason": "Peering"]]
        #expect(state(notReady) == .progressing("NFDeployment core5g/upf is not ready: Peering"))
        let stalled: JSONValue = [["type": "Stalled", "status": "True", "reason": "NoIPAM", "message": "no addresses"]]
        #expect(state(stalled) == .failed("NFDeployment core5g/upf is stalled: NoIPAM: no addresses"))
        #expect(state([]) == .progressing("NFDeployment core5g/upf is not available"))
    }

    @Test(
        "quantities are compared by value",
        arguments: [
            ("1000m", "1"), ("0.5", "500m"), ("1Gi", "1073741824"), ("1024Mi", "1Gi"), ("1e3", "1k"), ("2", "2000m"), ("2.01", "2010m"), ("16.1", "16100m"),
            ("0.1", "100m"),
            ("1Ei", "1152921504606846976"), ("1E+3", "1000"), ("3u", "3000n"), ("12E", "12000P"),
        ])
    func quantities(a: String, b: String) {
        #expect(Quantity(.string(a)) != nil)
        #expect(Quantity(.string(a)) == Quantity(.string(b)))
        #expect(Quantity(.string(a)) != Quantity("7"))
    }

    @Test("what is no quantity is none", arguments: ["", "m", "1x", "1Kii", "0x10", "1e", "1e999", "½"])
    func noQuantities(_ text: String) { #expect(Quantity(.string(text)) == nil) }

    @Test("numbers of the package's YAML are quantities, too, and times stay the text that they are")
    func forms() throws {
        #expect(Quantity(.number(2.01)) == Quantity("2010m"))
        let content = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: amf}
            spec: {template: {metadata: {annotations: {kubectl.kubernetes.io/restartedAt: 2026-11-27T01:02:03Z}}, spec: {containers: []}}}
            """
        let desired = try #require(DesiredObject.all(in: [PackageFile(path: "a.yaml", content: content)], namespace: "core5g").first)
        let annotations = desired.json["spec"]?["template"]?["metadata"]?["annotations"]
        #expect(annotations?["kubectl.kubernetes.io/restartedAt"] == "2026-11-27T01:02:03Z")
    }

    @Test("a pod that does not run says why, and one that starts or runs does not")
    func pods() throws {
        func pod(_ container: JSONValue) -> JSONValue { ["metadata": ["name": "amf-1"], "status": ["containerStatuses": [container]]] }
        #expect(PodFailure(pod(["name": "amf", "ready": true, "state": ["running": [:]]])) == nil)
        #expect(PodFailure(pod(["name": "amf", "ready": false, "state": ["waiting": ["reason": "ContainerCreating"]]])) == nil)
        let image = try #require(
            PodFailure(pod(["name": "amf", "ready": false, "state": ["waiting": ["reason": "ImagePullBackOff", "message": "not found"]]])))
        #expect(image.sentence(log: []) == "pod amf-1, container amf: ImagePullBackOff (not found)")
        let crash = try #require(
            PodFailure(
                pod([
                    "name": "amf", "ready": false, "restartCount": 3, "state": ["waiting": ["reason": "CrashLoopBackOff"]],
                    "lastState": ["terminated": ["reason": "OOMKilled", "exitCode": 137]],
                ])))
        #expect(crash.hasRestarted)
        #expect(crash.sentence(log: ["a", "b"]) == "pod amf-1, container amf: CrashLoopBackOff, last ended with OOMKilled (exit code 137); last lines: a ⏎ b")
        let told = crash.sentence(log: ["db_password=hunter2", "Authorization: Bearer abcdefghijkl"])
        #expect(!told.contains("hunter2") && !told.contains("abcdefghijkl") && told.contains("[redacted]"), "what goes into a record has no secret of a pod")
        let unscheduled: JSONValue = [
            "metadata": ["name": "amf-2"],
            "status": ["conditions": [["type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes have hugepages"]]],
        ]
        #expect(PodFailure(unscheduled)?.sentence(log: []) == "pod amf-2: Unschedulable (0/3 nodes have hugepages)")
    }
}
