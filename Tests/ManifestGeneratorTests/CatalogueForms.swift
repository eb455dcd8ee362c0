import Foundation
import IntentModel

@testable import PackagePlanning

/// The forms in which every entry of the catalogue is rendered, reviewed and validated.
enum CatalogueForm: String, CaseIterable {
    case `default`, ha, autoscaled, sliced
    case nephio
    case nephioHA = "nephio-ha"
    case nephioAutoscaled = "nephio-autoscaled"
    case nephioSliced = "nephio-sliced"
    case nephioSized = "nephio-sized"

    var target: ClusterEntry.Form {
        switch self {
        case .default, .ha, .autoscaled, .sliced: .kubernetes
        case .nephio, .nephioHA, .nephioAutoscaled, .nephioSliced, .nephioSized: .nephio
        }
    }

    /// The form of the same target that this one differs from; nil for one that is kept entirely.
    var base: CatalogueForm? {
        switch self {
        case .default, .nephio: nil
        case .ha, .autoscaled, .sliced: .default
        case .nephioHA, .nephioAutoscaled, .nephioSliced, .nephioSized: .nephio
        }
    }

    /// A store is not scaled by load, and one that is single is not several.
    func applies(to entry: FunctionEntry) -> Bool {
        switch self {
        case .autoscaled, .nephioAutoscaled: entry.replication == .alike
        case .ha, .nephioHA: entry.replication != .single
        case .default, .sliced, .nephio, .nephioSliced, .nephioSized: true
        }
    }

    /// A cluster that offers everything, so that nothing is left out.
    private static let cluster: ClusterEntry = {
        var cluster = ClusterEntry(name: "edge-1")
        cluster.zones = ["a", "b", "c"]
        cluster.networks = ["vpc-ran", "vpc-internal", "vpc-internet", "vpc-cu-e1", "vpc-cudu-f1", "vpc-fronthaul"]
        cluster.hugepages = 16
        cluster.device = "intel.com/sriov_netdevice"
        return cluster
    }()

    func expectation(_ entry: FunctionEntry) -> IntentModel.Expectation {
        var context = Context()
        context.namespace = "core5g"
        var targets: [Target] = []
        switch self {
        case .default, .nephio: break
        case .ha, .nephioHA: targets = [flag("highAvailability"), flag("monitoring")]
        case .autoscaled, .nephioAutoscaled: targets = [flag("autoscaling")]
        case .sliced, .nephioSliced:
            context.slice = SliceID(sst: 2, sd: "0000a1")
            context.dnn = "factory"
            context.plmn = "310-410"
            context.qualities = ["low-latency"]
            targets = [number("latency", 5, .atMost)]
        case .nephioSized: targets = [number("maxUsers", 40_000), number("throughput", 4_000)]
        }
        let object = ObjectReference(kind: ObjectKind(rawValue: entry.kind) ?? .networkFunction, type: entry.code, name: entry.name)
        return Expectation(id: "e1", verb: .deploy, object: object, targets: targets, context: context)
    }

    /// The package's files; entries without a workload are rendered directly, as slices and policies are.
    func files(_ entry: FunctionEntry) async throws -> [PackageFile] {
        let expectation = self.expectation(entry)
        if entry.workload == .none {
            let identity = PackageIdentity(cluster: "edge-1", namespace: "core5g", instance: entry.name, function: entry.code)
            let sizing = SizingPlan(expectation, entry: entry, rules: catalogue.rules, current: WorkloadState(entry), isNew: true)
            return PackageRenderer(catalogue: catalogue).files(
                identity, entry: entry, state: sizing.wanted, context: expectation.context, form: self.target)
        }
        var cluster = Self.cluster
        cluster.form = self.target
        let planner = Planner(catalogue: catalogue, inventory: [cluster])
        let interpretation = Interpretation(
            decision: .accepted, expectations: [expectation], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let outcome = try await planner.plan(interpretation, request: request, inventory: PublishedPackages(), now: 1_767_225_600_000)
        guard let files = outcome.files["edge-1/core5g/\(entry.name)"] else { throw CatalogueError(place: entry.code, problem: "\(outcome)") }
        return files
    }
}

/// Packages as sections of one file, `--- # package/file`, which `Tests/check-packages` reads.
enum Sections {
    static func text(_ package: String, _ files: [PackageFile]) -> String { files.map { "--- # \(package)/\($0.path)\n\($0.content)" }.joined() }

    /// Every form of an entry: the default one of each target entirely, of the others what differs from it.
    static func forms(of entry: FunctionEntry) async throws -> String {
        var whole: [CatalogueForm: [PackageFile]] = [:]
        var text = ""
        for form in CatalogueForm.allCases where form.applies(to: entry) {
            var files = try await form.files(entry)
            if let base = form.base, let usual = whole[base] {
                guard usual.allSatisfy({ file in files.contains { $0.path == file.path } }) else {
                    throw CatalogueError(place: entry.code, problem: "\(form) lacks a file of the form \(base)")
                }
                files.removeAll { usual.contains($0) }
            } else {
                whole[form] = files
            }
            text += Self.text(form.rawValue, files)
        }
        return text
    }
}
