import GitObjects
import IntentModel
import Testing

@testable import PackagePlanning

/// Removals, migrations, restarts, rollbacks and reports.
@Suite struct PlannedLifeTests {
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
        #expect(try await plan(expectation(.migrate, "AMF"), on: inventory).questions.first?.field == "context.namespace")
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

    @Test("a report of few instances says how they are to run, so that what was asked is among it, and what is not known")
    func particulars() async throws {
        let inventory = try await publishedAMF([number("cpu", 2), number("memory", 2048)])
        let text = try #require(try await plan(expectation(.report, "AMF"), on: inventory).plan?.answer?.text)
        for part in ["CPU 2", "memory 2Gi", "image ", "not watched here"] { #expect(text.contains(part), "\(text)") }
        let scaled = try await publishedAMF([flag("autoscaling")])
        let answer = try #require(try await plan(expectation(.report, "AMF"), on: scaled).plan?.answer?.text)
        #expect(answer.contains("autoscaled from ") && !answer.contains("not autoscaled"), "\(answer)")
    }

    @Test("a report answers from the inventory and changes nothing")
    func report() async throws {
        let outcome = try await plan(expectation(.report, "AMF"), on: publishedAMF())
        #expect(outcome.plan?.packages == [] && outcome.plan?.answer?.items.map(\.instance) == ["amf"])
        #expect(outcome.plan?.answer?.text.contains("v1 since 2026-01-01") == true)
        #expect(try await plan(expectation(.report, "SMF")).plan?.answer?.text == "There is no SMF.")
        #expect(try await plan(expectation(.report, nil, name: "healthy")).plan?.answer?.text == "There is no instance called “healthy”.")
        #expect(try await plan(expectation(.report, nil), on: publishedAMF()).plan?.answer?.items.count == 1)
    }
}
