import Foundation
import GitObjects
import IntentModel
import Testing
import Yams

@testable import PackagePlanning

@Suite struct PackageTests {
    private static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    /// Compares with the golden files; `UPDATE_GOLDEN=1` writes them instead.
    private func golden(_ name: String, _ outcome: PlanOutcome) throws {
        var lines = "# notes: \(outcome.plan?.notes ?? [])\n# approval: \(outcome.plan?.approvalReasons ?? [])\n"
        for change in outcome.plan?.packages ?? [] {
            lines += "# \(change.change.rawValue) \(change.path) (\(change.function))\n"
            for figure in change.figures { lines += "#   \(figure.name) = \(figure.value) [\(figure.source.rawValue)] \(figure.reason)\n" }
        }
        for path in outcome.files.keys.sorted() { for file in outcome.files[path] ?? [] { lines += "--- # \(path)/\(file.path)\n\(file.content)" } }
        let url = Self.directory.appending(path: "\(name).yaml")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil { try lines.write(to: url, atomically: true, encoding: .utf8) }
        #expect(try String(contentsOf: url, encoding: .utf8) == lines, "\(name)")
    }

    @Test("a highly available, autoscaled AMF is as signed off")
    func goldenAMF() async throws {
        try self.golden(
            "amf-ha-autoscaled", await plan(expectation(.deploy, "AMF", [flag("highAvailability"), flag("autoscaling")]) { $0.namespace = "core5g" }))
    }

    @Test("a UPF is as signed off")
    func goldenUPF() async throws {
        try self.golden(
            "upf",
            await plan(
                expectation(.deploy, "UPF", [number("replicas", 2), number("cpu", 4), number("memory", 8192)]) {
                    $0.namespace = "core5g"; $0.dnn = "ims"
                }))
    }

    @Test("a URLLC slice is as signed off")
    func goldenSlice() async throws {
        try self.golden(
            "slice-urllc",
            await plan(
                expectation(.deploy, "URLLC", kind: .networkSlice, [number("latency", 3, .atMost)]) {
                    $0.namespace = "core5g"; $0.slice = SliceID(sst: 2, sd: "0000ab")
                }))
    }

    @Test("the edits of a life are as signed off: configure, autoscale, restart")
    func goldenEdits() async throws {
        var inventory = try await publishedAMF()
        for step in [
            expectation(.configure, "AMF", [words("feature", "network slicing"), flag("mutualTLS")]), expectation(.scale, "AMF", [number("maxReplicas", 8)]),
            expectation(.restart, "AMF"),
        ] { inventory.publish(try await plan(step, on: inventory)) }
        try self.golden("amf-edited", await plan(expectation(.scale, "AMF", [number("cpu", 2), number("memory", 512, .increaseBy)]), on: inventory))
    }

    @Test("a complete 5G core is as signed off")
    func goldenCore() async throws { try self.golden("5gc", await plan(expectation(.deploy, "5GC", kind: .coreNetwork) { $0.namespace = "core5g" })) }

    @Test("a hundred renderings are the same bytes")
    func deterministic() async throws {
        let said = expectation(.deploy, "5GC", kind: .coreNetwork, [flag("highAvailability"), flag("autoscaling")]) {
            $0.depends = ["HSS"]; $0.qualities = ["edge", "low-latency"]
        }
        let first = try await plan(said)
        for _ in 0..<100 { #expect(try await plan(said) == first) }
    }

    @Test(
        "every function in every form is valid: parsed by another reader, limited, probed, pinned, without privilege",
        arguments: catalogue.functions.keys.sorted())
    func everyEntry(_ code: String) async throws {
        let entry = try #require(catalogue.functions[code])
        guard entry.workload != .none, let kind = ObjectKind(rawValue: entry.kind) else { return }
        let forms: [[Target]] =
            switch entry.replication {
            case .alike: [[flag("highAvailability")], [flag("autoscaling")], [flag("highAvailability"), flag("autoscaling"), flag("monitoring")]]
            case .joined: [[flag("highAvailability"), flag("monitoring")]]
            case .single: [[flag("monitoring")]]
            }
        for targets in [[], [number("replicas", 0)]] + forms {
            let outcome = try await plan(expectation(.deploy, code, name: "x", kind: kind, targets) { $0.namespace = "ns" })
            let files = try #require(outcome.files["default/ns/x"], "\(outcome)")
            #expect(files.map(\.path) == files.map(\.path).sorted())
            for file in files {
                let object = try #require(try Yams.load(yaml: file.content) as? [String: Any])
                #expect(object["apiVersion"] is String && object["kind"] is String, "\(file.path)")
                #expect(!file.content.contains("privileged: true") && !file.content.contains(":latest") && !file.content.contains("{{"), "\(file.path)")
                #expect(YAMLEmitter.text(try YAMLNode.document(in: file.content)) == file.content, "\(file.path)")
                #expect(file.content.hasSuffix("\n") && !file.content.hasSuffix("\n\n"))
            }
            let pod = try YAMLNode.document(in: #require(files.first { $0.path == "deployment.yaml" || $0.path == "statefulset.yaml" }).content)[[
                "spec", "template", "spec",
            ]]
            let container = try #require(pod?["containers"]?.items?.first)
            for path in [
                ["resources", "limits", "cpu"], ["resources", "limits", "memory"], ["resources", "requests", "cpu"], ["readinessProbe"], ["livenessProbe"],
                ["image"],
            ] {
                #expect(container[path] != nil, "\(code) \(path)")
            }
            #expect(container[["securityContext", "allowPrivilegeEscalation"]]?.boolean == false)
            #expect(pod?[["securityContext", "runAsNonRoot"]]?.boolean == (entry.security.exception == nil || entry.security.user != 0))
            let mounts = container["volumeMounts"]?.items?.compactMap { $0["name"]?.string } ?? []
            let volumes =
                (pod?["volumes"]?.items?.compactMap { $0["name"]?.string } ?? [])
                + (entry.workload == .statefulSet && entry.resources.storage != nil ? ["data"] : [])
            #expect(Set(mounts) == Set(volumes), "\(code)")
        }
    }

    @Test("a slice without SD has the value that says so, and none that nobody named", arguments: ["SMF", "AMF", "NSSF", "gNB"])
    func sliceWithoutSD(_ code: String) async throws {
        let outcome = try await plan(expectation(.deploy, code) { ($0.namespace, $0.slice) = ("core5g", SliceID(sst: 2)) })
        let text = outcome.files.values.joined().map(\.content).joined()
        #expect(text.lowercased().contains("ffffff") && !text.contains("010203"), "\(outcome)")
    }

    @Test("what a package says of itself is what was wanted of it", arguments: ["AMF", "UPF", "Database", "E2NodeSet"])
    func reading(_ code: String) throws {
        let entry = try #require(catalogue.functions[code])
        let identity = PackageIdentity(cluster: "c", namespace: "n", instance: "i", function: code)
        var state = WorkloadState(entry)
        state.replicas = 4
        state.autoscaling = .init(minimum: 4, maximum: 7, cpu: 55, memory: 66)
        state.highAvailability = true
        state.cpuRequest = 1500
        state.cpuLimit = 3000
        state.image = "r/x:1"
        state.region = "eu"
        state.zone = "eu-1"
        state.isMonitored = true
        state.restartedAt = "2026-01-02T03:04:05Z"
        state.parameters.add("features", "a: b")
        var contents = PackageContents(PackageRenderer(catalogue: catalogue).files(identity, entry: entry, state: state, context: .init()))
        #expect(try contents.state(of: identity, entry: entry) == state)
    }

    @Test("an edit that changes nothing writes nothing, also where a person's file is oddly formatted")
    func untouched() throws {
        let entry = try #require(catalogue.functions["AMF"])
        let identity = PackageIdentity(cluster: "c", namespace: "n", instance: "amf", function: "AMF")
        let files = [
            PackageFile(
                path: "all.yaml",
                content:
                    "# mine\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: 'amf'}, spec: {replicas: 2, template: {spec: {containers: [{name: amf, image: a:1}]}}}}\n---\nkind: Other\n"
            )
        ]
        var contents = PackageContents(files)
        let state = try contents.state(of: identity, entry: entry)
        #expect(state.replicas == 2 && state.image == "a:1")
        try contents.apply(state, over: state, identity: identity, entry: entry)
        #expect(contents.files == files)
        var wanted = state
        wanted.replicas = 3
        try contents.apply(wanted, over: state, identity: identity, entry: entry)
        #expect(contents.files.first?.content.contains("replicas: 3") == true && contents.files.first?.content.contains("---\nkind: Other\n") == true)
        #expect(contents.lostComments == ["all.yaml"])
    }

    @Test("nothing in a package names an intent or a time")
    func noIntent() async throws {
        let first = try await plan(expectation(.deploy, "AMF", id: "e1"), acceptedAt: "2026-01-01T00:00:00Z")
        let second = try await plan(expectation(.deploy, "AMF", id: "e7"), acceptedAt: "2027-01-01T00:00:00Z")
        #expect(first.files == second.files)
    }
}
