import GitObjects
import IntentModel
import Testing

@testable import PackagePlanning

@Suite struct PlannerTests {
    // MARK: deploy

    @Test("a deploy creates one package, each figure with its reason")
    func deploy() async throws {
        let outcome = try await plan(expectation(.deploy, "AMF", [flag("highAvailability"), flag("autoscaling")]) { $0.namespace = "core5g" })
        let change = try #require(outcome.plan?.packages.first)
        #expect(outcome.plan?.packages.count == 1)
        #expect(change.change == .create && change.path == amf && change.base == nil && change.function == "AMF")
        #expect(change.result == GitTree.id(of: try #require(outcome.files[amf])))
        #expect(outcome.figure("namespace") == Figure(name: "namespace", value: "core5g", source: .text, reason: "the text says so"))
        #expect(outcome.figure("replicas")?.value == "3")
        #expect(outcome.figure("maxReplicas")?.value == "9" && outcome.figure("maxReplicas")?.source == .default)
        #expect(outcome.figure("targetCPUUtilization")?.value == "70 %")
        let scaler = try outcome.node(amf, "hpa.yaml")
        #expect(scaler[["spec", "minReplicas"]]?.integer == 3 && scaler[["spec", "maxReplicas"]]?.integer == 9)
        #expect(outcome.plan?.approvalReasons == [])
    }

    @Test("a second deploy of the same changes nothing and says so")
    func deployAgain() async throws {
        let said = expectation(.deploy, "AMF", [flag("highAvailability"), flag("autoscaling"), number("latency", 10, .atMost)]) { $0.namespace = "core5g" }
        var inventory = PublishedPackages()
        inventory.publish(try await plan(said))
        let again = try await plan(said, on: inventory)
        #expect(again.plan?.packages.map(\.change) == [.none])
        #expect(again.plan?.isNoOp == true && again.files.isEmpty)
        #expect(again.plan?.notes.contains { $0.contains("already") } == true)
    }

    @Test("a deploy of what exists applies what the text says and keeps the rest")
    func deployExisting() async throws {
        let inventory = try await publishedAMF([number("replicas", 5), number("cpu", 2)])
        let outcome = try await plan(expectation(.deploy, "AMF", [number("memory", 2048)]) { $0.namespace = "core5g" }, on: inventory)
        #expect(outcome.plan?.packages.map(\.change) == [.update])
        let workload = try outcome.node(amf, "deployment.yaml")
        #expect(workload[["spec", "replicas"]]?.integer == 5)
        let container = workload[["spec", "template", "spec", "containers"]]?.items?.first
        #expect(container?[["resources", "requests", "cpu"]]?.string == "2" && container?[["resources", "requests", "memory"]]?.string == "2Gi")
    }

    @Test("namespace and cluster come from the text, then the request, then the default")
    func place() async throws {
        #expect(try await plan(expectation(.deploy, "AMF")).plan?.packages.first?.path == "default/default/amf")
        let asked = IntentRequest(intent: "…", namespace: "telco", cluster: "east")
        #expect(try await plan(expectation(.deploy, "AMF"), request: asked, clusters: ["east", "west"]).plan?.packages.first?.path == "east/telco/amf")
        #expect(
            try await plan(expectation(.deploy, "AMF") { $0.cluster = "West" }, request: asked, clusters: ["east", "west"]).plan?.packages.first?.path
                == "west/telco/amf")
        #expect(try await plan(expectation(.deploy, "AMF"), clusters: ["east"]).plan?.packages.first?.path == "east/default/amf")
        let question = try await plan(expectation(.deploy, "AMF"), clusters: ["east", "west"]).questions.first
        #expect(question?.field == "context.cluster" && question?.options == ["east", "west"])
        #expect(try await plan(expectation(.deploy, "AMF") { $0.cluster = "north" }, clusters: ["east"]).questions.first?.field == "context.cluster")
    }

    @Test("a core network is its functions in the order they depend on each other")
    func core() async throws {
        let outcome = try await plan(expectation(.deploy, "5GC", kind: .coreNetwork, [number("replicas", 2)]) { $0.namespace = "core5g" })
        #expect(outcome.plan?.packages.map(\.instance) == ["database", "nrf", "udr", "udm", "ausf", "nssf", "pcf", "amf", "upf", "smf"])
        #expect(try outcome.node("default/core5g/upf", "deployment.yaml")[["spec", "replicas"]]?.integer == 2)
        #expect(try outcome.node("default/core5g/database", "statefulset.yaml")[["spec", "replicas"]]?.integer == 1)
    }

    @Test("a slice is its profile and its own SMF and UPF")
    func slice() async throws {
        let outcome = try await plan(expectation(.deploy, "URLLC", kind: .networkSlice, [number("latency", 3, .atMost)]) { $0.namespace = "core5g" })
        #expect(outcome.plan?.packages.map(\.instance) == ["slice-urllc", "slice-urllc-upf", "slice-urllc-smf"])
        let text = try #require(try outcome.node("default/core5g/slice-urllc", "configmap.yaml")[["data", "parameters.yaml"]]?.string)
        let parameters = try YAMLNode.document(in: text)
        #expect(parameters[["objectives", "latency", "value"]]?.string == "3")
        #expect(parameters[["objectives", "reliability", "value"]]?.string == "99.999")
        #expect(parameters[["context", "slice", "sst"]]?.integer == 2)
    }

    @Test("two functions of one intent are two packages; a later expectation sees an earlier one")
    func several() async throws {
        let outcome = try await plan(
            expectation(.deploy, "AMF", id: "e1"), expectation(.deploy, "SMF", id: "e2"), expectation(.scale, "AMF", [number("replicas", 4)], id: "e3"))
        #expect(outcome.plan?.packages.map(\.instance) == ["amf", "smf"])
        #expect(outcome.plan?.packages.first?.expectations == ["e1", "e3"] && outcome.plan?.packages.first?.change == .create)
        #expect(try outcome.node("default/default/amf", "deployment.yaml")[["spec", "replicas"]]?.integer == 4)
    }

    @Test("capacity that was said becomes replicas by the catalogue's figure, and too much is asked about")
    func capacity() async throws {
        #expect(try await plan(expectation(.deploy, "AMF", [number("maxUsers", 450_000, .atLeast)])).figure("replicas")?.value == "5")
        #expect(try await plan(expectation(.deploy, "AMF", [number("maxUsers", 1e9, .atLeast)])).questions.first?.field == "targets.replicas")
    }

    // MARK: scale

    @Test(
        "a scale means what its condition says",
        arguments: [
            (Condition.equals, 5.0, 5), (.increaseBy, 2, 5), (.decreaseBy, 2, 1), (.multiplyBy, 2, 6), (.atLeast, 2, 3), (.atLeast, 4, 4), (.atMost, 2, 2),
            (.lessThan, 3, 2),
            (.greaterThan, 3, 4),
        ])
    func scale(_ condition: Condition, _ value: Double, _ replicas: Int) async throws {
        let inventory = try await publishedAMF()
        let outcome = try await plan(expectation(.scale, "AMF", [number("replicas", value, condition)]) { $0.namespace = "core5g" }, on: inventory)
        let files = outcome.files[amf] ?? inventory.revisions[amf]?.last ?? []
        var contents = PackageContents(files)
        let entry = try #require(catalogue.functions["AMF"])
        let identity = PackageIdentity(cluster: "default", namespace: "core5g", instance: "amf", function: "AMF")
        #expect(try contents.state(of: identity, entry: entry).replicas == replicas)
        #expect(outcome.plan?.packages.map(\.change) == [replicas == 3 ? .none : .update])
    }

    @Test("a scale edits one file and leaves the others byte for byte")
    func scaleTouchesOneFile() async throws {
        let inventory = try await publishedAMF()
        let before = try #require(inventory.revisions[amf]?.last)
        let outcome = try await plan(expectation(.scale, "AMF", [number("replicas", 5)]), on: inventory)
        let after = try #require(outcome.files[amf])
        #expect(after.map(\.path) == before.map(\.path))
        #expect(zip(before, after).filter { $0.0 != $0.1 }.map(\.0.path) == ["deployment.yaml"])
        let lines = (before.first { $0.path == "deployment.yaml" }?.content ?? "", after.first { $0.path == "deployment.yaml" }?.content ?? "")
        #expect(lines.0.replacing("replicas: 3", with: "replicas: 5") == lines.1)
    }

    @Test("a person's own edits survive a scale, in files it touches and in those it does not")
    func keepsEdits() async throws {
        var inventory = try await publishedAMF()
        inventory.edit(amf, "deployment.yaml") {
            $0 = $0.replacing(
                "terminationGracePeriodSeconds: 30",
                with: "terminationGracePeriodSeconds: 77 # slow to drain\n      hostAliases:\n        - ip: 10.0.0.1\n          hostnames: [\"a\"]")
        }
        inventory.edit(amf, "service.yaml") { $0 += "# mine\n" }
        let outcome = try await plan(expectation(.scale, "AMF", [number("replicas", 5)]), on: inventory)
        let workload = try outcome.node(amf, "deployment.yaml")
        #expect(workload[["spec", "template", "spec", "terminationGracePeriodSeconds"]]?.integer == 77)
        #expect(workload[["spec", "template", "spec", "hostAliases"]]?.items?.first?["ip"]?.string == "10.0.0.1")
        #expect(try outcome.file(amf, "service.yaml").hasSuffix("# mine\n"))
        #expect(outcome.plan?.notes.contains { $0.contains("comments") && $0.contains("deployment.yaml") } == true)
        #expect(outcome.plan?.packages.first?.base == GitTree.id(of: inventory.revisions[amf]?.last ?? []))
    }

    @Test("scaling what is autoscaled moves its bounds; to zero switches it off and back")
    func scaleAutoscaled() async throws {
        var inventory = try await publishedAMF([flag("highAvailability"), flag("autoscaling")])
        let up = try await plan(expectation(.scale, "AMF", [number("replicas", 5)]), on: inventory)
        #expect(try up.node(amf, "hpa.yaml")[["spec", "minReplicas"]]?.integer == 5)
        #expect(try up.node(amf, "hpa.yaml")[["spec", "maxReplicas"]]?.integer == 9)
        #expect(try up.node(amf, "deployment.yaml")[["spec", "replicas"]] == nil)
        let off = try await plan(expectation(.scale, "AMF", [number("replicas", 0)]), on: inventory)
        #expect(try off.node(amf, "deployment.yaml")[["spec", "replicas"]]?.integer == 0)
        inventory.publish(off)
        let on = try await plan(expectation(.scale, "AMF", [number("replicas", 3)]), on: inventory)
        #expect(try on.node(amf, "deployment.yaml")[["spec", "replicas"]] == nil)
        #expect(try on.node(amf, "hpa.yaml")[["spec", "minReplicas"]]?.integer == 3)
    }

    @Test("autoscaling is added, bounded, and taken away")
    func autoscaling() async throws {
        var inventory = try await publishedAMF([number("replicas", 2)])
        let bounded = try await plan(
            expectation(.scale, "AMF", [number("minReplicas", 2), number("maxReplicas", 10), number("targetCPUUtilization", 80)]), on: inventory)
        let scaler = try bounded.node(amf, "hpa.yaml")
        #expect(scaler[["spec", "maxReplicas"]]?.integer == 10)
        #expect(scaler[["spec", "metrics"]]?.items?.first?[["resource", "target", "averageUtilization"]]?.integer == 80)
        inventory.publish(bounded)
        let between = try await plan(expectation(.scale, "AMF", [Target(attribute: "replicas", condition: .between, value: .range(3, 6))]), on: inventory)
        #expect(
            try between.node(amf, "hpa.yaml")[["spec", "minReplicas"]]?.integer == 3 && between.node(amf, "hpa.yaml")[["spec", "maxReplicas"]]?.integer == 6)
        let without = try await plan(expectation(.configure, "AMF", [flag("autoscaling", false)]), on: inventory)
        #expect(without.files[amf]?.contains { $0.path == "hpa.yaml" } == false)
        #expect(try without.node(amf, "deployment.yaml")[["spec", "replicas"]]?.integer == 2)
        #expect(
            try await plan(expectation(.scale, "AMF", [number("minReplicas", 9), number("maxReplicas", 3)]), on: inventory).questions.first?.field
                == "targets.maxReplicas")
    }

    @Test(
        "a number that cannot be is asked about",
        arguments: [
            (number("replicas", 500), "targets.replicas"), (number("replicas", -1), "targets.replicas"), (number("replicas", 2.5), "targets.replicas"),
            (number("replicas", 9, .decreaseBy), "targets.replicas"), (number("replicas", 1e300), "targets.replicas"), (number("cpu", -1), "targets.cpu"),
            (number("cpu", 0), "targets.cpu"),
            (number("memory", 1e30), "targets.memory"), (number("targetCPUUtilization", 300), "targets.targetCPUUtilization"),
            (words("version", "latest"), "targets.version"),
            (words("version", "v1 && rm"), "targets.version"), (words("image", "nginx"), "targets.image"), (words("image", "Ngi nx:1"), "targets.image"),
            (number("storage", 0.5), "targets.storage"),
        ])
    func impossible(_ target: Target, _ field: String) async throws {
        #expect(try await plan(expectation(.scale, "AMF", [target]), on: publishedAMF()).questions.first?.field == field)
    }

    // MARK: configure, optimize

    @Test("a configuration of no field of the workload becomes parameters and rolls the pods")
    func configure() async throws {
        var inventory = try await publishedAMF()
        let hash = { (outcome: PlanOutcome) in
            try outcome.node(amf, "deployment.yaml")[["spec", "template", "metadata", "annotations", "nephoran.com/config-hash"]]?.string
        }
        let outcome = try await plan(
            expectation(.configure, "AMF", [flag("encryption"), words("feature", "network slicing: \"yes\"\n#"), words("algorithm", "NEA2")]) {
                $0.dnn = "ims"
            }, on: inventory)
        let parameters = try YAMLNode.document(in: #require(outcome.node(amf, "configmap.yaml")[["data", "parameters.yaml"]]?.string))
        #expect(parameters[["settings", "encryption"]]?.boolean == true && parameters[["settings", "algorithm"]]?.string == "NEA2")
        #expect(parameters["features"]?.items?.first?.string == "network slicing: \"yes\"\n#")
        #expect(parameters[["context", "dnn"]]?.string == "ims")
        let old = try YAMLNode.document(in: #require(inventory.revisions[amf]?.last?.first { $0.path == "deployment.yaml" }?.content))
        #expect(try hash(outcome) != old[["spec", "template", "metadata", "annotations", "nephoran.com/config-hash"]]?.string)
        inventory.publish(outcome)
        let again = try await plan(expectation(.configure, "AMF", [flag("encryption")]), on: inventory)
        #expect(again.plan?.isNoOp == true)
    }

    @Test("version and image change the container, an upgrade keeps the repository")
    func upgrade() async throws {
        let outcome = try await plan(expectation(.configure, "AMF", [words("version", "v3.4.6")]), on: publishedAMF())
        #expect(
            try outcome.node(amf, "deployment.yaml")[["spec", "template", "spec", "containers"]]?.items?.first?["image"]?.string
                == "docker.io/free5gc/amf:v3.4.6")
    }

    @Test("high availability on what runs brings its replicas, spread and budget; switching it off takes the spread away")
    func highAvailability() async throws {
        var inventory = try await publishedAMF([])
        let outcome = try await plan(expectation(.configure, "AMF", [flag("highAvailability")]), on: inventory)
        #expect(outcome.files[amf]?.contains { $0.path == "pdb.yaml" } == true)
        let workload = try outcome.node(amf, "deployment.yaml")
        #expect(workload[["spec", "replicas"]]?.integer == 3 && workload[["spec", "template", "spec", "topologySpreadConstraints"]] != nil)
        inventory.publish(outcome)
        let off = try await plan(expectation(.configure, "AMF", [flag("highAvailability", false)]), on: inventory)
        #expect(try off.node(amf, "deployment.yaml")[["spec", "template", "spec", "topologySpreadConstraints"]] == nil)
        #expect(try off.node(amf, "deployment.yaml")[["spec", "template", "spec", "affinity"]] == nil)
    }

    @Test("an objective sizes by the documented rule and is recorded")
    func optimize() async throws {
        let outcome = try await plan(
            expectation(.optimize, "UPF", [number("latency", 10, .atMost)]) { $0.namespace = "core5g" },
            on: {
                var inventory = PublishedPackages()
                inventory.publish(try await plan(expectation(.deploy, "UPF") { $0.namespace = "core5g" }))
                return inventory
            }())
        let container = try outcome.node("default/core5g/upf", "deployment.yaml")[["spec", "template", "spec", "containers"]]?.items?.first
        #expect(container?[["resources", "requests", "cpu"]]?.string == "2" && container?[["resources", "limits", "cpu"]]?.string == "2")
        #expect(outcome.figure("cpu")?.source == .derived)
        #expect(try outcome.file("default/core5g/upf", "configmap.yaml").contains("latency"))
    }

    @Test("a change that says nothing to change asks what", arguments: [(Verb.scale, "targets.replicas"), (.configure, "targets"), (.optimize, "targets")])
    func nothingSaid(_ verb: Verb, _ field: String) async throws {
        #expect(try await plan(expectation(verb, "AMF"), on: publishedAMF()).questions.first?.field == field)
    }

    // MARK: remove, migrate, restart, rollback, report

    @Test("a removal deletes the package after approval")
    func remove() async throws {
        let outcome = try await plan(expectation(.remove, "AMF"), on: publishedAMF())
        let change = try #require(outcome.plan?.packages.first)
        #expect(change.change == .delete && change.result == nil && change.base != nil && outcome.files.isEmpty)
        #expect(outcome.plan?.approvalReasons.count == 1)
    }

    @Test("a migration creates at the new place what a person made of it, and deletes the old")
    func migrate() async throws {
        var inventory = try await publishedAMF()
        inventory.edit(amf, "deployment.yaml") { $0 = $0.replacing("terminationGracePeriodSeconds: 30", with: "terminationGracePeriodSeconds: 77") }
        let outcome = try await plan(
            expectation(.migrate, "AMF") {
                $0.from = "core5g"; $0.namespace = "core6g"
            }, on: inventory)
        #expect(outcome.plan?.packages.map(\.change) == [.create, .delete])
        #expect(outcome.plan?.packages.map(\.path) == ["default/core6g/amf", amf])
        for file in try #require(outcome.files["default/core6g/amf"]) { #expect(!file.content.contains("core5g"), "\(file.path)") }
        #expect(try outcome.file("default/core6g/amf", "deployment.yaml").contains("terminationGracePeriodSeconds: 77"))
        #expect(outcome.plan?.approvalReasons.isEmpty == false)
        #expect(try await plan(expectation(.migrate, "AMF"), on: inventory).questions.first?.field == "context.cluster")
        let other = try await plan(expectation(.migrate, "AMF") { $0.cluster = "west" }, on: inventory, clusters: ["default", "west"])
        #expect(other.plan?.packages.map(\.path) == ["west/core5g/amf", amf])
    }

    @Test("a restart marks the pods with the intent's instant, once")
    func restart() async throws {
        var inventory = try await publishedAMF()
        let outcome = try await plan(expectation(.restart, "AMF"), on: inventory)
        let annotations = try outcome.node(amf, "deployment.yaml")[["spec", "template", "metadata", "annotations"]]
        #expect(annotations?["kubectl.kubernetes.io/restartedAt"]?.string == "2026-01-02T03:04:05.678Z")
        inventory.publish(outcome)
        #expect(try await plan(expectation(.restart, "AMF"), on: inventory).plan?.isNoOp == true)
        #expect(try await plan(expectation(.restart, "AMF"), on: inventory, acceptedAt: "2026-02-02T03:04:05.678Z").plan?.isNoOp == false)
    }

    @Test("a rollback publishes an earlier content, and asks which")
    func rollback() async throws {
        var inventory = try await publishedAMF()
        #expect(try await plan(expectation(.rollback, "AMF"), on: inventory).problem?.code == "no_earlier_revision")
        for replicas in [4.0, 5] { inventory.publish(try await plan(expectation(.scale, "AMF", [number("replicas", replicas)]), on: inventory)) }
        let question = try await plan(expectation(.rollback, "AMF"), on: inventory).questions.first
        #expect(question?.field == "targets.version" && question?.options == ["v2", "v1"])
        for (word, index) in [("v1", 0), ("1", 0), ("previous", 1)] {
            let outcome = try await plan(expectation(.rollback, "AMF", [words("version", word)]), on: inventory)
            #expect(outcome.files[amf] == inventory.revisions[amf]?[index])
        }
        #expect(try await plan(expectation(.rollback, "AMF", [words("version", "v3")]), on: inventory).plan?.isNoOp == true)
        #expect(try await plan(expectation(.rollback, "AMF", [words("version", "v9")]), on: inventory).questions.first?.field == "targets.version")
    }

    @Test("a report answers from the inventory and changes nothing")
    func report() async throws {
        let outcome = try await plan(expectation(.report, "AMF"), on: publishedAMF())
        #expect(outcome.plan?.packages == [] && outcome.plan?.answer?.items.map(\.instance) == ["amf"])
        #expect(outcome.plan?.answer?.text.contains("v1 since 2026-01-01") == true)
        #expect(try await plan(expectation(.report, "SMF")).plan?.answer?.text == "There is no SMF.")
        #expect(try await plan(expectation(.report, nil), on: publishedAMF()).plan?.answer?.items.count == 1)
    }

    // MARK: What is not there, and which is meant

    @Test("a change of what is not there asks, and a yes deploys it", arguments: [Verb.scale, .configure, .optimize, .restart, .migrate, .rollback])
    func confirm(_ verb: Verb) async throws {
        let said = expectation(verb, "AMF", [number("replicas", 4)]) { $0.namespace = "core5g" }
        let question = try #require(try await plan(said).questions.first)
        #expect(question == Clarification(expectation: "e1", field: "confirm", question: "There is no AMF in core5g. Deploy it?", options: ["yes", "no"]))
        let interpretation = Interpretation(decision: .accepted, expectations: [said], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let yes = Planner.applying([ClarificationAnswer(expectation: "e1", field: "confirm", value: .text("yes"))], to: interpretation)
        let planner = Planner(catalogue: catalogue)
        #expect(try await planner.plan(yes, request: request, inventory: PublishedPackages(), now: 0).plan?.packages.map(\.change) == [.create])
        let no = Planner.applying([ClarificationAnswer(expectation: "e1", field: "confirm", value: .text("no"))], to: interpretation)
        #expect(try await planner.plan(no, request: request, inventory: PublishedPackages(), now: 0).problem?.detail == "declined by the operator")
    }

    @Test("removing what is not there asks, and a yes is a removal done, never a deploy")
    func removeAbsent() async throws {
        let said = expectation(.remove, "AMF") { $0.namespace = "core5g" }
        #expect(try await plan(said).questions.first?.question == "There is no AMF in core5g. Take it as removed?")
        let interpretation = Interpretation(decision: .accepted, expectations: [said], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let yes = Planner.applying([ClarificationAnswer(expectation: "e1", field: "confirm", value: .text("yes"))], to: interpretation)
        let outcome = try await Planner(catalogue: catalogue).plan(yes, request: request, inventory: PublishedPackages(), now: 0)
        #expect(outcome.plan?.isNoOp == true && outcome.plan?.notes.isEmpty == false)
    }

    @Test("without a namespace the only instance is meant; of several it asks, and takes the answer")
    func which() async throws {
        var inventory = try await publishedAMF()
        #expect(try await plan(expectation(.scale, "AMF", [number("replicas", 2)]), on: inventory).plan?.packages.first?.path == amf)
        inventory.publish(try await plan(expectation(.deploy, "AMF", name: "amf-east") { $0.namespace = "core5g" }))
        let names = try await plan(expectation(.scale, "AMF", [number("replicas", 2)]), on: inventory).questions.first
        #expect(names?.field == "object.name" && names?.options == ["amf", "amf-east"])
        #expect(
            try await plan(expectation(.scale, "AMF", name: "AMF-East", [number("replicas", 2)]), on: inventory).plan?.packages.first?.instance == "amf-east")
        inventory.publish(try await plan(expectation(.deploy, "AMF") { $0.namespace = "lab" }))
        let spaces = try await plan(expectation(.scale, "AMF", [number("replicas", 2)]), on: inventory).questions.first
        #expect(spaces?.field == "context.namespace" && spaces?.options == ["core5g", "lab"])
        let interpretation = Interpretation(
            decision: .accepted, expectations: [expectation(.scale, "AMF", [number("replicas", 2)])],
            provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let answered = Planner.applying([ClarificationAnswer(expectation: "e1", field: "context.namespace", value: .text("lab"))], to: interpretation)
        #expect(
            try await Planner(catalogue: catalogue).plan(answered, request: request, inventory: inventory, now: 0).plan?.packages.first?.path
                == "default/lab/amf")
    }

    @Test("something the catalogue does not know is found by its name, whatever it was deployed as")
    func custom() async throws {
        var inventory = PublishedPackages()
        inventory.publish(try await plan(expectation(.deploy, "Custom", name: "nf-sim")))
        #expect(try await plan(expectation(.scale, "Custom", name: "nf-sim", [number("replicas", 3)]), on: inventory).plan?.packages.first?.change == .update)
        #expect(try await plan(expectation(.deploy, "Custom")).questions.first?.field == "object.name")
        #expect(try await plan(expectation(.deploy, nil)).questions.first?.field == "object.type")
        #expect(try await plan(expectation(.deploy, "Cluster", kind: .infrastructure)).problem?.code == "unsupported_object")
        #expect(try await plan(expectation(.deploy, "SMF", name: "nf-sim"), on: inventory).questions.first?.field == "object.name")
    }

    @Test(
        "a hostile name is asked about and never reaches a path or a file",
        arguments: [
            "../../etc", "a/b", "amf\nkind: Secret", "A B", "-amf", "amf-", "5g-amf", "ämf", "amf_1", "", ".", "{{instance}}", "$(id)", "a\u{0}b",
            String(repeating: "a", count: 64), "amf.core",
        ])
    func hostile(_ name: String) async throws {
        #expect(try await plan(expectation(.deploy, "AMF", name: name)).questions.first?.field == "object.name")
        #expect(try await plan(expectation(.deploy, "AMF") { $0.namespace = name }).questions.first?.field == "context.namespace")
        #expect(try await plan(expectation(.deploy, "AMF") { $0.cluster = name }).questions.first?.field == "context.cluster")
        #expect(try await plan(expectation(.scale, "AMF", name: name, [number("replicas", 2)]), on: publishedAMF()).questions.first?.field == "object.name")
    }

    @Test("a proposal resembles the name")
    func proposal() async throws {
        #expect(try await plan(expectation(.deploy, "xApp", name: "Traffic Steering", kind: .application)).questions.first?.options == ["traffic-steering"])
        #expect(DNSLabel.proposal(for: "5G!!") == "g" && DNSLabel.proposal(for: "…") == nil)
    }

    @Test("a package that cannot be read is a refusal that names the file")
    func unreadable() async throws {
        var inventory = try await publishedAMF()
        inventory.edit(amf, "deployment.yaml") { $0 = "kind: Deployment\n  spec: [" }
        let problem = try await plan(expectation(.scale, "AMF", [number("replicas", 2)]), on: inventory).problem
        #expect(problem?.code == "package_unreadable" && problem?.detail.hasPrefix("deployment.yaml") == true)
    }

    // MARK: Approval

    @Test("risky changes wait for a person, with the reason")
    func approval() async throws {
        func reasons(_ expectation: IntentModel.Expectation, request: IntentRequest = request, policy: ApprovalPolicy? = nil) async throws -> [String] {
            try await plan(expectation, on: publishedAMF(), request: request, policy: policy).plan?.approvalReasons ?? ["no plan"]
        }
        #expect(try await reasons(expectation(.scale, "AMF", [number("replicas", 9)])) == [])
        #expect(try await reasons(expectation(.scale, "AMF", [number("replicas", 10)])) == ["amf in core5g goes from 3 to 10 replicas, more than 3-fold"])
        #expect(try await reasons(expectation(.scale, "AMF", [number("replicas", 0)])) == ["amf in core5g is scaled to zero"])
        #expect(try await reasons(expectation(.scale, "AMF", [number("replicas", 3)]) { $0.environment = "production" }) == [])
        #expect(try await reasons(expectation(.scale, "AMF", [number("replicas", 4)]) { $0.environment = "production" }).count == 1)
        #expect(
            try await reasons(expectation(.scale, "AMF", [number("replicas", 4)]), request: IntentRequest(intent: "…", approval: .required)) == [
                "the request asks for approval"
            ])
        #expect(
            try await reasons(expectation(.scale, "AMF", [number("replicas", 4)]), policy: catalogue.approval.inInstallation(environment: "Production")).count
                == 1)
        #expect(
            try await reasons(
                expectation(.scale, "AMF", [number("replicas", 4)]),
                policy: catalogue.approval.inInstallation(environment: nil, productionNamespaces: ["core5g"])
            ).count == 1)
    }

    // MARK: Policies

    struct FixedPolicies: PolicyPlanning {
        func isManaged(_ target: Target, in expectation: IntentModel.Expectation) -> Bool { false }
        let result: PolicyPlanningResult
        func policies(for expectation: IntentModel.Expectation, request: IntentRequest) async throws -> PolicyPlanningResult { self.result }
    }

    @Test("what the RAN can do becomes policies; what it cannot is said")
    func policies() async throws {
        let put = PolicyChange(policyId: "p1", policyType: "ORAN_SliceSLATarget", change: .put, document: "{}", expectations: ["e1"])
        let mapped = FixedPolicies(result: .policies([put], notes: ["n"]))
        let radio = try await plan(expectation(.optimize, "QoS", kind: .radioNetwork, [number("latency", 10, .atMost)]), policies: mapped)
        #expect(radio.plan?.policies == [put] && radio.plan?.packages == [] && radio.plan?.notes == ["n"])
        let slice = try await plan(expectation(.deploy, "eMBB", kind: .networkSlice), policies: mapped)
        #expect(slice.plan?.policies == [put] && slice.plan?.packages.count == 3)
        let unmapped = FixedPolicies(result: .notMapped)
        #expect(
            try await plan(expectation(.optimize, "Coverage", kind: .radioNetwork, [number("threshold", 10)]), policies: unmapped).problem?.code == "not_mapped"
        )
        #expect(
            try await plan(expectation(.configure, "Security", kind: .policy, [flag("encryption")]), policies: unmapped).plan?.packages.map(\.instance) == [
                "policy-security"
            ])
        #expect(try await plan(expectation(.configure, "Security", kind: .policy), policies: unmapped).questions.first?.field == "targets")
    }
}
