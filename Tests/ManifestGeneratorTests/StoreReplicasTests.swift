import IntentModel
import Testing

@testable import PackagePlanning

/// Stores: several replicas are one store, or are refused.
@Suite struct StoreReplicasTests {
    private let path = "default/core5g/database"

    private func said(_ verb: Verb, _ targets: [Target] = [], _ type: String = "Database") -> IntentModel.Expectation {
        expectation(verb, type, kind: type == "UDSF" ? .networkFunction : .infrastructure, targets) { $0.namespace = "core5g" }
    }

    private func published(_ targets: [Target] = []) async throws -> PublishedPackages {
        var inventory = PublishedPackages()
        inventory.publish(try await plan(self.said(.deploy, targets)))
        return inventory
    }

    @Test("a highly available database is a replica set of three, each with somebody who makes it a member")
    func replicaSet() async throws {
        let outcome = try await plan(self.said(.deploy, [flag("highAvailability")]))
        let workload = try outcome.node(self.path, "statefulset.yaml")
        let containers = try #require(workload[["spec", "template", "spec", "containers"]]?.items)
        #expect(workload[["spec", "replicas"]]?.integer == 3)
        #expect(containers.first?["args"]?.items?.compactMap(\.string).prefix(2) == ["--replSet", "database"])
        #expect(containers.compactMap { $0["name"]?.string } == ["database", "members"])
        #expect(containers.last?["image"] == containers.first?["image"])
        #expect(try outcome.node(self.path, "service.yaml")[["spec", "publishNotReadyAddresses"]]?.boolean == true)
        #expect(try outcome.node(self.path, "configmap.yaml")[["data", "members"]]?.string == "3")
        #expect(outcome.figure("members")?.value == "3")
        // What is beside the store counts: 3 × (0.5 + 0.1) cores.
        let resources = try #require(outcome.plan?.packages.first?.resources)
        #expect(resources.monthlyCost == ((3 * (0.6 * 0.03 + 1.25 * 0.004 + 20 * 0.00012) * 730) * 100).rounded() / 100)
    }

    @Test("more members are said in a file that is read while they run; none of them restarts")
    func grows() async throws {
        let inventory = try await self.published()
        let before = try #require(inventory.revisions[self.path]?.last)
        let outcome = try await plan(self.said(.scale, [number("replicas", 3)]), on: inventory)
        #expect(try outcome.node(self.path, "configmap.yaml")[["data", "members"]]?.string == "3")
        let changed = try outcome.node(self.path, "statefulset.yaml")
        let original = try YAMLNode.document(in: try #require(before.first { $0.path == "statefulset.yaml" }?.content))
        #expect(changed[["spec", "replicas"]]?.integer == 3 && changed[["spec", "template"]] == original[["spec", "template"]])
    }

    @Test(
        "fewer than a majority are refused, none at all are not",
        arguments: [(5.0, 3.0, true), (5, 2, false), (3, 2, true), (3, 1, false), (3, 0, true), (1, 0, true), (2, 1, false)])
    func shrinks(_ from: Double, _ to: Double, _ isPlanned: Bool) async throws {
        let inventory = try await self.published([number("replicas", from)])
        let outcome = try await plan(self.said(.scale, [number("replicas", to)]), on: inventory)
        #expect((outcome.plan != nil) == isPlanned, "\(outcome)")
        guard isPlanned else { return #expect(outcome.problem?.code == "unsupported_replicas") }
        // Switched off, the set is still what it was.
        #expect(to > 0 || outcome.files[self.path]?.contains { $0.path == "configmap.yaml" && $0.content.contains("members: \"\(Int(from))\"") } == true)
    }

    @Test("a store that was switched off comes back as many as it was, or more, not as fewer")
    func offAndOn() async throws {
        var inventory = try await self.published([number("replicas", 3)])
        inventory.publish(try await plan(self.said(.scale, [number("replicas", 0)]), on: inventory))
        #expect(try await plan(self.said(.scale, [number("replicas", 1)]), on: inventory).problem?.code == "unsupported_replicas")
        #expect(try await plan(self.said(.scale, [number("replicas", 3)]), on: inventory).plan != nil)
    }

    @Test("no load decides how many members a store has, and what cannot join is not made several")
    func refused() async throws {
        #expect(try await plan(self.said(.deploy, [flag("autoscaling")])).problem?.detail.contains("copies all of it first") == true)
        #expect(try await plan(self.said(.scale, [number("maxReplicas", 5)]), on: self.published()).problem?.code == "unsupported_replicas")
        for targets in [[flag("highAvailability")], [number("replicas", 3)], [flag("autoscaling")], [number("availability", 99.99)]] {
            let outcome = try await plan(self.said(.deploy, targets, "UDSF"))
            #expect(outcome.problem?.code == "unsupported_replicas" && outcome.plan == nil, "\(targets): \(outcome)")
        }
        #expect(try await plan(self.said(.deploy, [], "Cache")).plan != nil)
    }

    @Test("a database that was published as a single store stays one")
    func older() async throws {
        var inventory = try await self.published()
        inventory.edit(self.path, "configmap.yaml") { $0 = $0.replacing("  members: \"1\"\n", with: "") }
        let outcome = try await plan(self.said(.configure, [flag("highAvailability")]), on: inventory)
        #expect(outcome.problem?.code == "unsupported_replicas" && outcome.problem?.detail.contains("was published as a single store") == true)
        #expect(try await plan(self.said(.configure, [number("memory", 2048)]), on: inventory).plan != nil)
    }

    @Test("an upgrade changes the store and who is beside it alike")
    func upgrade() async throws {
        let outcome = try await plan(self.said(.configure, [words("version", "7.0.17")]), on: self.published())
        let containers = try outcome.node(self.path, "statefulset.yaml")[["spec", "template", "spec", "containers"]]?.items ?? []
        #expect(containers.compactMap { $0["image"]?.string } == ["docker.io/library/mongo:7.0.17", "docker.io/library/mongo:7.0.17"])
    }

    @Test("clients name the members, of the database of their own core")
    func clients() async throws {
        let core = try await plan(
            expectation(.deploy, "5GC", name: "lab", kind: .coreNetwork, [flag("highAvailability"), number("cpu", 1)]) { $0.namespace = "core5g" })
        let members = "lab-database-0.lab-database,lab-database-1.lab-database,lab-database-2.lab-database"
        for client in ["nrf", "udr", "pcf"] {
            let text = try core.file("default/core5g/lab-\(client)", "configmap.yaml")
            #expect(text.contains("mongodb://\(members)/?replicaSet=lab-database"), "\(client)")
        }
        // What is to outlive failures needs a database that does; the rest is not said of it.
        let database = try core.node("default/core5g/lab-database", "statefulset.yaml")
        #expect(database[["spec", "replicas"]]?.integer == 3)
        #expect(try core.file("default/core5g/lab-database", "statefulset.yaml").contains("cpu: 500m"))
        let hss = try await plan(expectation(.deploy, "HSS") { $0.namespace = "core5g" }).file("default/core5g/hss", "deployment.yaml")
        #expect(hss.contains("mongodb://database-0.database,database-1.database,database-2.database/open5gs?replicaSet=database"))
    }

    @Test("a client of a database that is a single store names that, and of one with more members all of them")
    func clientsOfWhatIsThere() async throws {
        var inventory = try await self.published()
        inventory.edit(self.path, "configmap.yaml") { $0 = $0.replacing("  members: \"1\"\n", with: "") }
        let udr = expectation(.deploy, "UDR") { $0.namespace = "core5g" }
        #expect(try await plan(udr, on: inventory).file("default/core5g/udr", "configmap.yaml").contains("url: mongodb://database/\n"))
        let five = try await self.published([number("replicas", 5)])
        #expect(try await plan(udr, on: five).file("default/core5g/udr", "configmap.yaml").contains("database-4.database/?replicaSet=database"))
    }
}
