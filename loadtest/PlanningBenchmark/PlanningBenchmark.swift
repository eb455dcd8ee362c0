import Foundation
import IntentModel
import PackagePlanning

/// Plans and renders on one core: every function of the catalogue in four forms, again and again, from an empty inventory. Prints how many
/// packages a second and how long one takes. Ends with 1 below 5,000 a second. With a number, so many rounds and no promise, to be counted from outside.
@main
struct Benchmark {
    private static let usualRounds = 20
    private static let promise = 5_000.0

    /// Nothing is published.
    private struct Empty: InventorySource {
        func items(function: String?, instance: String?, namespace: String?, cluster: String?) async throws -> [InventoryItem] { [] }
        func files(path: String, revision: String?) async throws -> (tree: String, files: [PackageFile])? { nil }
        func lastPublished(path: String) async throws -> (tree: String, files: [PackageFile])? { nil }
        func revisions(path: String) async throws -> [String] { [] }
    }

    static func main() async throws {
        let counted = CommandLine.arguments.dropFirst().first.flatMap { Int($0) }
        let rounds = counted ?? self.usualRounds
        let catalogue = try Catalogue.bundled()
        let planner = Planner(catalogue: catalogue)
        let interpretations = catalogue.functions.values.sorted { $0.code < $1.code }.filter { $0.workload != .none }.flatMap(Self.forms)
        var best = Double.infinity
        var times: [Double] = []
        var bytes = 0
        for round in 0..<rounds {
            let start = ContinuousClock.now
            for interpretation in interpretations {
                let began = ContinuousClock.now
                let outcome = try await planner.plan(interpretation, request: IntentRequest(intent: ""), inventory: Empty(), now: 0)
                times.append(began.duration(to: .now) / .microseconds(1))
                guard case .plan(_, let files) = outcome, files.count == 1 else {
                    print("\(interpretation.expectations[0].object.type ?? ""): no plan")
                    exit(1)
                }
                if round == 0 { bytes += files.values.joined().reduce(0) { $0 + $1.content.utf8.count } }
            }
            best = min(best, start.duration(to: .now) / .seconds(1))
        }
        times.sort()
        let rate = Double(interpretations.count) / best
        print("packages    \(interpretations.count) of \(catalogue.functions.count) functions, \(bytes / interpretations.count) bytes each")
        print("rate        \(Int(rate)) planned and rendered a second on one core (best of \(rounds) rounds)")
        print("one takes   p50 \(Int(times[times.count / 2])) µs, p99 \(Int(times[times.count * 99 / 100])) µs")
        guard rate >= self.promise || counted != nil else {
            print("the promise is not kept: \(Int(self.promise)) a second")
            exit(1)
        }
    }

    /// Default, highly available, autoscaled, and for a slice.
    private static func forms(_ entry: FunctionEntry) -> [Interpretation] {
        var slice = Context()
        slice.slice = SliceID(sst: 1, sd: "0000a1")
        let available = Target(attribute: "highAvailability", value: .boolean(true))
        let scaled = Target(attribute: "autoscaling", value: .boolean(true))
        return [([], Context()), ([available], Context()), ([scaled], Context()), ([available], slice)].map { targets, context in
            var context = context
            context.namespace = "core5g"
            let object = ObjectReference(kind: ObjectKind(rawValue: entry.kind) ?? .networkFunction, type: entry.code, name: entry.name)
            return Interpretation(
                decision: .accepted, expectations: [Expectation(id: "e1", verb: .deploy, object: object, targets: targets, context: context)],
                provenance: Provenance(interpreter: "benchmark", promptVersion: "1"))
        }
    }
}
