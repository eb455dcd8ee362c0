import GitObjects
import IntentModel
import Testing

@testable import NephioBridge

@Suite struct ReadingTests {
    let path = "default/core5g/amf"

    @Test("the inventory is filtered by function, instance, namespace and cluster, and is the same after a restart")
    func items() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let intent = store.intent()
        _ = await repository.publish([
            request(intent, self.path, to: package("amf", replicas: 3)),
            request(store.intent(), "default/core5g/smf", to: package("smf", function: "SMF")),
            request(store.intent(), "edge/core5g/amf", to: package("amf")),
            request(store.intent(), "default/test/amf-east", to: package("amf-east")),
        ])
        func paths(_ items: [InventoryItem]) -> [String] { items.map(\.path) }
        #expect(try await paths(repository.items(function: "amf")) == ["default/core5g/amf", "default/test/amf-east", "edge/core5g/amf"])
        #expect(try await paths(repository.items(instance: "amf")) == ["default/core5g/amf", "edge/core5g/amf"])
        #expect(try await paths(repository.items(namespace: "core5g", cluster: "default")) == ["default/core5g/amf", "default/core5g/smf"])
        #expect(try await paths(repository.items(function: "UPF")) == [])
        let item = try #require(try await repository.items(instance: "amf", cluster: "default").first)
        #expect(item.replicas == 3 && item.function == "AMF" && item.revision == "v1" && item.intentId == intent.description)
        #expect(item.tree == GitTree.id(of: package("amf", replicas: 3)))
        #expect(try await store.open().items() == repository.items())
    }

    @Test("what git does not find in the moment in which packs are merged is looked for once more")
    func mergedMeanwhile() async throws {
        let store = try TestRepository()
        _ = await store.open().publish([request(store.intent(), self.path, to: package("amf"))])
        // As it answers when the pack it has listed is gone before it is opened.
        let git = try store.failingGit("cat-file", instead: #"read name; echo "$name missing""#)
        let reader = GitObjectReader(git: GitCommand(directory: store.directory, executable: git))
        #expect(try await reader.objects(["refs/heads/main", "refs/heads/main^{tree}", "refs/heads/none"]).map { $0?.kind } == [.commit, .tree, nil])
        await reader.stop()
    }

    @Test("files are read as they were written, by path and by revision, also without a cache")
    func files() async throws {
        let store = try TestRepository()
        let one = package("amf") + [PackageFile(path: "a/b/c.txt", content: "línea\n\nno newline"), PackageFile(path: "empty", content: "")]
        let repository = store.open()
        let two = package("amf", replicas: 2)
        _ = await repository.publish([request(store.intent(), self.path, to: one)])
        _ = await repository.publish([request(store.intent(), self.path, from: one, to: two)])
        for reader in [repository, store.open()] {
            #expect(try await reader.files(path: self.path) == two.sorted { $0.path < $1.path })
            #expect(try await reader.files(path: self.path, revision: "v1") == one.sorted { $0.path < $1.path })
            #expect(try await reader.files(path: self.path, revision: "v9") == nil)
            #expect(try await reader.files(path: "default/core5g/none") == nil)
        }
    }

    @Test("the history of a package is its commits, newest first: those of intents with their revision, those of people without")
    func history() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let path = try #require(PackagePath(self.path))
        let (one, two) = (package("amf", replicas: 1), package("amf", replicas: 2))
        let intents = [store.intent(), store.intent()]
        _ = await repository.publish([request(intents[0], self.path, to: one), request(store.intent(), "default/core5g/smf", to: package("smf"))])
        _ = await repository.publish([request(intents[1], self.path, from: one, to: two)])
        try await store.personWrites("\(self.path)/notes.txt", "mine")
        let history = try await repository.history(of: path, limit: 10)
        #expect(history.map(\.revision) == [nil, "v2", "v1"])
        #expect(history.map(\.intentId) == [nil, intents[1].description, intents[0].description])
        #expect(history.map(\.by).first == "Grace" && history.map(\.change) == [nil, "update", "create"])
        #expect(try await repository.history(of: path, limit: 1).count == 1)
        #expect(try await repository.history(of: try #require(PackagePath("default/core5g/none")), limit: 10).isEmpty)
    }

    @Test("an earlier revision is shown as it was, also of a package that is gone")
    func earlier() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let intent = store.intent()
        let path = try #require(PackagePath(self.path))
        let (one, two) = (package("amf", replicas: 1), package("amf", replicas: 2))
        let first = await repository.publish([request(intent, self.path, to: one)])
        _ = await repository.publish([request(store.intent(), self.path, from: one, to: two)])
        _ = await repository.publish([request(store.intent(), self.path, from: two, to: nil)])
        #expect(try await repository.item(at: path) == nil)
        let item = try #require(try await repository.item(at: path, revision: "v1"))
        #expect(item.tree == GitTree.id(of: one) && item.revision == "v1" && item.replicas == 1 && item.function == "AMF")
        #expect(item.intentId == intent.description && item.commit == first[0].packages?.first?.commit)
        #expect(try await repository.files(of: item) == one.sorted { $0.path < $1.path })
        for absent in ["v3", "v4", "v0", "v+1", "v-1", "1", "v1:x", "v1^{tree}", "v99999999999999999999"] {
            #expect(try await repository.item(at: path, revision: absent) == nil)
        }
    }

    @Test("a package is published by hand against what is there, or against a given base")
    func byHand() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let intent = store.intent()
        var publication = DirectPublication(intentId: intent, subject: "Try\nan AMF", path: self.path, files: package("amf"))
        let first = try await repository.publish(publication)
        #expect(first.packages?.first?.revision == "v1" && first.packages?.first?.change == .create)
        #expect(try await store.ask("log", "-1", "--format=%s", "main") == "Try an AMF (v1)")
        #expect(try await repository.publish(publication) == first)
        publication.intentId = nil
        publication.files = package("amf", replicas: 2)
        publication.base = GitTree.id(of: package("amf", replicas: 7))
        #expect(try await repository.publish(publication) == .conflict(path: self.path))
        publication.base = nil
        #expect(try await repository.publish(publication).packages?.first?.change == .update)
        publication.files = []
        #expect(try await repository.publish(publication).packages?.first?.change == .delete)
        #expect(try await repository.publish(publication) == .conflict(path: self.path))
        publication.path = "nonsense"
        guard case .failed(_, mayRetry: false) = try await repository.publish(publication) else { return #expect(Bool(false)) }
    }

    @Test("an intent's deployments are known to a process that starts later")
    func deployments() async throws {
        let store = try TestRepository()
        let intent = store.intent()
        var two = request(intent, self.path, to: package("amf"))
        two.changes.append(change("default/core5g/smf", to: package("smf")))
        two.files["default/core5g/smf"] = package("smf")
        let result = await store.open().publish([two])
        #expect(try await store.open().deployments(intent) == result[0].packages)
        #expect(try await store.open().deployments(store.intent()) == [])
    }

    @Test("verification reads the commit, the content and the tag back")
    func verify() async throws {
        let store = try TestRepository()
        let repository = store.open()
        let files = package("amf")
        let created = try #require(await repository.publish([request(store.intent(), self.path, to: files)])[0].packages)
        let plan = [change(self.path, to: files)]
        let checks = try await repository.verify(created, expected: plan)
        #expect(checks.map(\.fact) == [.commit, .content, .tag] && checks.allSatisfy(\.passed))
        #expect(try await store.open().verify(created, expected: plan) == checks)

        // Later revisions do not make an earlier one untrue.
        let removed = try #require(await repository.publish([request(store.intent(), self.path, from: files, to: nil)])[0].packages)
        #expect(try await repository.verify(created, expected: plan).allSatisfy(\.passed))
        #expect(try await repository.verify(removed, expected: [change(self.path, from: files, to: nil)]).allSatisfy(\.passed))

        #expect(
            try await repository.verify(created, expected: [change(self.path, to: package("amf", replicas: 9))]).filter { !$0.passed }.map(\.fact) == [.content]
        )
        var invented = created
        invented[0].commit = String(repeating: "ab", count: 20)
        #expect(try await repository.verify(invented, expected: plan).allSatisfy { !$0.passed })
        #expect(try await repository.verify([], expected: plan).contains { !$0.passed })
        _ = try await store.ask("update-ref", "refs/heads/main", "main~1")
        _ = try await store.ask("tag", "-d", "\(self.path)/v2")
        let failed = try await repository.verify(removed, expected: [change(self.path, from: files, to: nil)]).filter { !$0.passed }.map(\.fact)
        #expect(failed == [.commit, .tag])
    }

    @Test(
        "a package without a person's or a workload's figures shows none",
        arguments: [
            ("kind: Deployment\nspec:\n  replicas: 4\n", 4),
            ("kind: Service\nspec:\n  replicas: 4\n", nil),
            ("kind: Service\n---\nspec:\n  replicas: \"2\" # two\nkind: StatefulSet\n", 2),
            ("kind: Deployment\nspec:\n  template:\n      spec:\n        replicas: 4\n", nil),
            ("kind: Deployment\nspec:\n  replicas: many\n", nil),
            ("kind: HorizontalPodAutoscaler\nspec:\n  minReplicas: 3\n---\nkind: Deployment\nspec:\n  selector: {}\n", 3),
            ("kind: Deployment\nspec:\n  replicas: 0\n---\nkind: HorizontalPodAutoscaler\nspec:\n  minReplicas: 3\n", 0),
        ] as [(String, Int?)])
    func summary(content: String, replicas: Int?) {
        #expect(PackageSummary(files: [PackageFile(path: "w.yaml", content: content)]).replicas == replicas)
        #expect(PackageSummary(files: [PackageFile(path: "w.txt", content: content)]).replicas == nil)
    }

    @Test(
        "a commit's time is written and read as RFC 3339",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (1_735_689_599, "2024-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] as [(Int64, String)])
    func time(seconds: Int64, text: String) {
        #expect(CommitTime(seconds: seconds).description == text)
        #expect(CommitTime(rfc3339: text) == CommitTime(seconds: seconds))
        #expect(CommitTime(rfc3339: text.dropLast() + ".123Z") == CommitTime(seconds: seconds))
        #expect(CommitTime(rfc3339: "yesterday") == nil)
    }
}
