import IntentModel
import Testing

@Suite struct WishTests {
    private static func wish(_ change: Wish.Change = .set, _ values: [String: String] = [:], steps: [String: String] = [:]) -> Wish {
        Wish(object: "package:default/core5g/amf", change: change, values: values, steps: steps)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var ours: Wish
        var theirs: Wish
        /// Attributes of target conflicts, or `*` for an expectation conflict.
        var clashes: [String]
        var testDescription: String { self.name }
    }

    private static let rows = [
        Row(name: "another value", ours: wish(.set, ["replicas": "5"]), theirs: wish(.set, ["replicas": "3"]), clashes: ["replicas"]),
        Row(name: "the same value", ours: wish(.set, ["replicas": "5"]), theirs: wish(.set, ["replicas": "5"]), clashes: []),
        Row(name: "another attribute", ours: wish(.set, ["replicas": "5"]), theirs: wish(.set, ["cpu": "2"]), clashes: []),
        Row(
            name: "two of three attributes", ours: wish(.set, ["replicas": "5", "cpu": "1", "memory": "1Gi"]),
            theirs: wish(.set, ["cpu": "2", "memory": "1Gi", "replicas": "4"]), clashes: ["cpu", "replicas"]),
        Row(name: "steps add up", ours: wish(steps: ["replicas": "increaseBy 1"]), theirs: wish(steps: ["replicas": "increaseBy 2"]), clashes: []),
        Row(name: "a step and a value", ours: wish(steps: ["replicas": "increaseBy 1"]), theirs: wish(.set, ["replicas": "3"]), clashes: ["replicas"]),
        Row(name: "a deployment with nothing said", ours: wish(), theirs: wish(.set, ["replicas": "3"]), clashes: []),
        Row(name: "a removal under a scale", ours: wish(.set, ["replicas": "5"]), theirs: wish(.delete), clashes: ["*"]),
        Row(name: "a deployment under a removal", ours: wish(), theirs: wish(.delete), clashes: ["*"]),
        Row(name: "a removal under a restart", ours: wish(.roll), theirs: wish(.delete), clashes: ["*"]),
        Row(name: "two removals", ours: wish(.delete), theirs: wish(.delete), clashes: []),
        Row(name: "a removal and a move", ours: wish(.delete), theirs: wish(.delete, ["to": "west/core5g/amf"]), clashes: ["*"]),
        Row(name: "two moves elsewhere", ours: wish(.delete, ["to": "east/a/amf"]), theirs: wish(.delete, ["to": "west/a/amf"]), clashes: ["*"]),
        Row(name: "the same move", ours: wish(.delete, ["to": "west/a/amf"]), theirs: wish(.delete, ["to": "west/a/amf"]), clashes: []),
        Row(name: "an earlier revision and a value", ours: wish(.replace, ["revision": "v1"]), theirs: wish(.set, ["cpu": "2"]), clashes: ["*"]),
        Row(name: "two revisions", ours: wish(.replace, ["revision": "v1"]), theirs: wish(.replace, ["revision": "v2"]), clashes: ["revision"]),
        Row(name: "the same revision", ours: wish(.replace, ["revision": "v1"]), theirs: wish(.replace, ["revision": "v1"]), clashes: []),
        Row(name: "a restart and a value", ours: wish(.roll), theirs: wish(.set, ["replicas": "3"]), clashes: []),
        Row(name: "two restarts", ours: wish(.roll), theirs: wish(.roll), clashes: []),
    ]

    @Test("what two intents want of one object clashes, whichever looks at the other", arguments: rows)
    func table(_ row: Row) {
        func found(_ a: Wish, _ b: Wish) -> [String] { a.clashes(with: b).map { $0.kind == .target ? $0.attribute ?? "?" : "*" } }
        #expect(found(row.ours, row.theirs) == row.clashes)
        #expect(found(row.theirs, row.ours) == row.clashes)
    }

    @Test("a clash says what either wants")
    func words() {
        let clash = Self.wish(.set, ["replicas": "5", "cpu": "2"]).clashes(with: Self.wish(.delete)).first
        #expect(clash?.theirs == "removed" && clash?.ours == "cpu 2, replicas 5")
        let step = Self.wish(steps: ["replicas": "increaseBy 1"]).clashes(with: Self.wish(.set, ["replicas": "3"])).first
        #expect(step?.theirs == "3" && step?.ours == "increaseBy 1")
    }
}
