import GitObjects
import IntentModel
import Testing

@testable import NephioBridge

/// What waits for a person, as Git sees it.
@Suite(.timeLimit(.minutes(2))) struct DraftBranchTests {
    private let path = "edge/core5g/amf"
    private let one = package("amf")
    private let two = package("amf", replicas: 2)
    private let three = package("amf", replicas: 3)

    private func branches(_ place: TestRepository) async throws -> [String] {
        try await place.ask("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/drafts", "refs/heads/proposed").split(separator: "\n").map(String.init)
    }

    @Test("what is proposed is a branch on the published one; approved, it is the next commit with its tag, and the branch goes")
    func approved() async throws {
        let place = try TestRepository()
        let repository = place.open()
        _ = await repository.publish([request(place.intent(), self.path, to: self.one)])
        let main = try await place.ask("rev-parse", "main")
        let intent = place.intent()
        let proposal = request(intent, self.path, from: self.one, to: self.two, verb: .scale)
        #expect(try await repository.show([proposal], keeping: []) == [intent])
        #expect(try await self.branches(place) == ["proposed/\(self.path)/v2"])
        #expect(try await place.ask("rev-parse", "proposed/\(self.path)/v2^") == main)
        #expect(try await place.ask("rev-parse", "proposed/\(self.path)/v2:\(self.path)") == GitTree.id(of: self.two).description)
        #expect(try await place.ask("log", "-1", "--format=%B", "proposed/\(self.path)/v2").contains("Intent-Id: \(intent)"))
        #expect(try await place.ask("rev-parse", "main") == main)

        // Shown until it is on the branch, whatever else is asked meanwhile.
        let shown = try await place.ask("rev-parse", "proposed/\(self.path)/v2")
        #expect(try await repository.show([], keeping: [intent]) == [intent])
        #expect(try await place.ask("rev-parse", "proposed/\(self.path)/v2") == shown)
        #expect(await repository.publish([proposal])[0].packages?.first?.revision == "v2")
        #expect(try await repository.show([], keeping: []) == [])
        #expect(try await self.branches(place) == [])
        #expect(try await place.ask("rev-parse", "\(self.path)/v2") == place.ask("rev-parse", "main"))
        #expect(try await place.ask("rev-list", "--count", "--merges", "main") == "0")
        #expect(try await place.revisions() == 2)
        #expect(try await place.ask("fsck", "--full", "--strict", "--no-dangling").isEmpty)
        await repository.stop()
    }

    @Test("a proposal that is rejected goes; branches of others stay")
    func rejected() async throws {
        let place = try TestRepository()
        let repository = place.open()
        _ = await repository.publish([request(place.intent(), self.path, to: self.one)])
        for name in ["drafts/\(self.path)/mine", "proposed/edge/core5g/smf/v1", "drafts/plan"] { _ = try await place.ask("branch", name, "main^") }
        let theirs = try await self.branches(place)
        let removal = request(place.intent(), self.path, from: self.one, to: nil, verb: .remove)
        let other = request(place.intent(), "edge/core5g/upf", to: package("upf"))
        _ = try await repository.show([removal, other], keeping: [])
        #expect(try await Set(self.branches(place)) == Set(theirs + ["proposed/\(self.path)/v2", "proposed/edge/core5g/upf/v1"]))
        #expect(try await place.ask("ls-tree", "-d", "-r", "--name-only", "proposed/\(self.path)/v2", self.path).isEmpty)
        #expect(try await repository.draftOwners() == [removal.intentId, other.intentId])
        _ = try await repository.show([other], keeping: [])
        #expect(try await Set(self.branches(place)) == Set(theirs + ["proposed/edge/core5g/upf/v1"]))
        _ = try await repository.show([], keeping: [])
        #expect(try await self.branches(place) == theirs)
        #expect(try await place.revisions() == 1)
        await repository.stop()
    }

    @Test("a draft that a crash left is shown as proposed, once, by the next process")
    func crashed() async throws {
        let place = try TestRepository()
        let proposal = request(place.intent(), self.path, to: self.one)
        let before = place.open()
        _ = try await before.show([proposal], keeping: [])
        await before.stop()
        _ = try await place.ask("update-ref", "refs/heads/drafts/\(self.path)/v1", "proposed/\(self.path)/v1")
        _ = try await place.ask("update-ref", "-d", "refs/heads/proposed/\(self.path)/v1")
        let after = place.open()
        for _ in 0..<2 {
            #expect(try await after.show([proposal], keeping: []) == [proposal.intentId])
            #expect(try await self.branches(place) == ["proposed/\(self.path)/v1"])
        }
        await after.stop()
    }

    @Test("a git that fails between the two leaves what the next attempt goes on with")
    func interrupted() async throws {
        let place = try TestRepository()
        let proposal = request(place.intent(), self.path, to: self.one)
        let maker = place.open()
        _ = try await maker.show([], keeping: [])
        await maker.stop()
        // The second change of refs is the one from draft to proposed.
        let failing = place.open(git: try place.failingGit("update-ref", times: 2, instead: "[ $(wc -l < \(place.root)/failures-1) = 2 ] && exit 1"))
        await #expect(throws: GitError.self) { _ = try await failing.show([proposal], keeping: []) }
        #expect(try await self.branches(place) == ["drafts/\(self.path)/v1"])
        #expect(try await failing.show([proposal], keeping: []) == [proposal.intentId])
        #expect(try await self.branches(place) == ["proposed/\(self.path)/v1"])
        await failing.stop()
    }

    @Test("two proposals for one package are two branches, and one whose plan changed is the same branch")
    func several() async throws {
        let place = try TestRepository()
        let repository = place.open()
        _ = await repository.publish([request(place.intent(), self.path, to: self.one)])
        let (first, second) = (place.intent(), place.intent())
        let proposals = [request(first, self.path, from: self.one, to: self.two), request(second, self.path, from: self.one, to: self.three)]
        _ = try await repository.show(proposals, keeping: [])
        #expect(try await self.branches(place) == ["proposed/\(self.path)/v2", "proposed/\(self.path)/v2-2"])
        // The first is planned again, and then the second is published.
        let four = package("amf", replicas: 4)
        _ = try await repository.show([request(first, self.path, from: self.one, to: four), proposals[1]], keeping: [])
        #expect(try await self.branches(place) == ["proposed/\(self.path)/v2", "proposed/\(self.path)/v2-2"])
        #expect(try await place.ask("rev-parse", "proposed/\(self.path)/v2:\(self.path)") == GitTree.id(of: four).description)
        _ = await repository.publish([proposals[1]])
        _ = try await repository.show([request(first, self.path, from: self.three, to: four)], keeping: [])
        #expect(try await self.branches(place) == ["proposed/\(self.path)/v3"])
        #expect(try await place.ask("rev-parse", "proposed/\(self.path)/v3^") == place.ask("rev-parse", "main"))
        await repository.stop()
    }

    @Test("a remote has the branches; another bridge shows the same ones, and a remote that refuses them has none")
    func remote() async throws {
        let place = try TestRepository()
        _ = try await place.git.output(["init", "--quiet", "--bare", "--template=", "--initial-branch=main", place.directory])
        let (one, two) = (place.openRemotely("one"), place.openRemotely("two"))
        let proposal = request(place.intent(), self.path, to: self.one)
        _ = try await one.show([proposal], keeping: [])
        #expect(try await self.branches(place) == ["proposed/\(self.path)/v1"])
        let shown = try await place.ask("rev-parse", "proposed/\(self.path)/v1")
        _ = try await two.show([proposal], keeping: [])
        #expect(try await place.ask("rev-parse", "proposed/\(self.path)/v1") == shown)
        #expect(await two.publish([proposal])[0].packages?.first?.revision == "v1")
        _ = try await two.show([], keeping: [])
        #expect(try await self.branches(place) == [])
        // Also where the first still believes in it.
        #expect(try await one.draftOwners() == [])
        try place.refusePushes()
        await #expect(throws: GitError.self) { _ = try await one.show([request(place.intent(), "edge/core5g/upf", to: self.one)], keeping: []) }
        #expect(try await self.branches(place) == [])
        #expect(try await place.ask("fsck", "--full", "--strict", "--no-dangling").isEmpty)
        await one.stop()
        await two.stop()
    }

    @Test(
        "only names of proposals are",
        arguments: [
            ("refs/heads/drafts/edge/core5g/amf/v1", true), ("refs/heads/proposed/edge/core5g/amf/v12-3", true), ("refs/heads/proposed/edge/core5g/amf", false),
            ("refs/heads/deletionProposed/edge/core5g/amf/v1", false), ("refs/heads/drafts/edge/core5g/AMF/v1", false), ("refs/tags/edge/core5g/amf/v1", false),
            ("refs/heads/drafts/edge/core5g/amf/v1/x", false), ("refs/heads/drafts/edge/core5g/amf/", false),
        ])
    func names(_ ref: String, _ isOne: Bool) {
        #expect((DraftBranch(ref: ref) != nil) == isOne)
        #expect(DraftBranch(ref: ref).map { $0.ref == ref } ?? true)
    }
}
