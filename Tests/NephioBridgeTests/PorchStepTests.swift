import JSONSchema
import Kubernetes
import Testing

@testable import NephioBridge

/// The way of a revision, step by step.
@Suite struct PorchStepTests {
    private static func revision(
        _ lifecycle: String, _ version: PorchVersion = .v1alpha1, proposed: Bool = false, observed: Int? = nil, number: Int = 0, commit: String? = nil,
        failed: String? = nil
    ) -> PorchRevision {
        var metadata: JSONValue = ["name": "gitops.default.core5g.amf.w", "generation": 2]
        if proposed { metadata["annotations"] = [PorchRevision.Annotation.proposed: "true"] }
        var spec: JSONValue = ["lifecycle": .string(lifecycle)]
        var status: JSONValue = .object([:])
        if version == .v1alpha1 { spec["revision"] = .number(Double(number)) } else { status["revision"] = .number(Double(number)) }
        if let observed { status["observedGeneration"] = .number(Double(observed)) }
        if let commit { status["selfLock"] = ["git": ["commit": .string(commit)]] }
        if let failed { status["conditions"] = [["type": "Ready", "status": "False", "reason": "Failed", "message": .string(failed)]] }
        return PorchRevision(KubernetesObject(["metadata": metadata, "spec": spec, "status": status]), version)
    }

    @Test("each state has one next step")
    func steps() {
        func next(_ revision: PorchRevision?, isFilled: Bool = false, approves: Bool = true) -> PorchStep {
            PorchStep.next(revision, isFilled: isFilled, approves: approves)
        }
        #expect(next(nil) == .create)
        #expect(next(Self.revision("Draft")) == .fill)
        #expect(next(Self.revision("Draft"), isFilled: true) == .propose)
        #expect(next(Self.revision("Draft", proposed: true)) == .rejected)
        #expect(next(Self.revision("Proposed")) == .approve)
        #expect(next(Self.revision("Proposed"), approves: false) == .wait)
        #expect(next(Self.revision("Published")) == .wait)
        #expect(next(Self.revision("Published", number: 3, commit: "c")) == .published)
        #expect(next(Self.revision("DeletionProposed", number: 3, commit: "c")) == .published)
        #expect(next(Self.revision("Archived")) == .failed("gitops.default.core5g.amf.w is in a state that is not known here"))
    }

    @Test("in v1alpha2 the controller has to have come so far")
    func controller() {
        func next(_ revision: PorchRevision) -> PorchStep { PorchStep.next(revision, isFilled: true, approves: true) }
        #expect(next(Self.revision("Draft", .v1alpha2)) == .wait)
        #expect(next(Self.revision("Draft", .v1alpha2, observed: 1)) == .wait)
        #expect(next(Self.revision("Draft", .v1alpha2, observed: 2)) == .propose)
        #expect(next(Self.revision("Proposed", .v1alpha2, observed: 1)) == .wait)
        #expect(next(Self.revision("Published", .v1alpha2, observed: 2, number: 1, commit: "c")) == .published)
        #expect(next(Self.revision("Published", .v1alpha2, observed: 1, number: 1, commit: "c")) == .wait)
        #expect(next(Self.revision("Draft", .v1alpha2, observed: 2, failed: "no such upstream")) == .failed("no such upstream"))
    }
}
