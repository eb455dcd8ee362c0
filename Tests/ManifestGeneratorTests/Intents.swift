import Foundation
import IntentModel
import Testing

@testable import PackagePlanning

/// The catalogue that ships, read once.
let catalogue: Catalogue = {
    do { return try Catalogue.bundled() } catch { fatalError("\(error)") }
}()

func expectation(
    _ verb: Verb, _ type: String?, name: String? = nil, kind: ObjectKind = .networkFunction, _ targets: [Target] = [], id: String = "e1",
    context: (inout Context) -> Void = { _ in }
) -> IntentModel.Expectation {
    var said = Context()
    context(&said)
    return Expectation(id: id, verb: verb, object: ObjectReference(kind: kind, type: type, name: name), targets: targets, context: said)
}

func number(_ attribute: String, _ value: Double, _ condition: Condition = .equals) -> Target {
    Target(attribute: attribute, condition: condition, value: .number(value))
}
func flag(_ attribute: String, _ value: Bool = true) -> Target { Target(attribute: attribute, value: .boolean(value)) }
func words(_ attribute: String, _ value: String) -> Target { Target(attribute: attribute, value: .text(value)) }

let request = IntentRequest(intent: "…")

func plan(
    _ expectations: IntentModel.Expectation..., on inventory: PublishedPackages = PublishedPackages(), request: IntentRequest = request,
    clusters: [String] = [],
    policy: ApprovalPolicy? = nil, policies: (any PolicyPlanning)? = nil, acceptedAt: String? = "2026-01-02T03:04:05.678Z"
) async throws -> PlanOutcome {
    let planner = Planner(catalogue: catalogue, policy: policy, clusters: clusters, policies: policies)
    let interpretation = Interpretation(decision: .accepted, expectations: expectations, provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
    return try await planner.plan(interpretation, request: request, inventory: inventory, acceptedAt: acceptedAt, now: 1_767_225_600_000)
}

extension PlanOutcome {
    var plan: Plan? { if case .plan(let plan, _) = self { plan } else { nil } }
    var files: [String: [PackageFile]] { if case .plan(_, let files) = self { files } else { [:] } }
    var questions: [Clarification] { if case .clarify(let questions) = self { questions } else { [] } }
    var problem: Problem? { if case .refuse(let problem) = self { problem } else { nil } }

    func file(_ path: String, _ name: String) throws -> String { try #require(self.files[path]?.first { $0.path == name }?.content) }
    func node(_ path: String, _ name: String) throws -> YAMLNode { try YAMLNode.document(in: self.file(path, name)) }
    func figure(_ name: String) -> Figure? { self.plan?.packages.first?.figures.first { $0.name == name } }
}

/// An AMF in core5g, published.
func publishedAMF(_ targets: [Target] = [number("replicas", 3)], namespace: String = "core5g", name: String? = nil) async throws -> PublishedPackages {
    var inventory = PublishedPackages()
    inventory.publish(try await plan(expectation(.deploy, "AMF", name: name, targets) { $0.namespace = namespace }))
    return inventory
}

let amf = "default/core5g/amf"
