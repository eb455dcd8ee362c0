import GitObjects
import IntentModel
import Testing

@testable import PackagePlanning

/// What is configured and optimised of what runs.
@Suite struct PlannedConfigurationTests {
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
}
