import TestSupport
import Testing

@testable import PackagePlanning

@Suite struct YAMLMutationTests {
    @Test("whatever a person wrote into a package, the short way reads it as the parser of all of YAML does, or leaves it to that")
    func documents() throws {
        let seeds = [
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: amf # a note\n  labels: {app: \"amf\"}\nspec:\n  replicas: 3\n  args:\n  - -c\n  - |\n    text\n",
            "---\na: &x [1, 'two']\nb: *x\n---\nc: >-\n  folded\n  text\n",
        ].map { Array($0.utf8) }
        try Mutations("package-yaml", seeds: seeds).run(rounds: 2_000) { bytes throws in
            let text = String(decoding: bytes, as: UTF8.self)
            guard let short = BlockYAML.documents(in: text) else {
                _ = try? YAMLNode.documents(in: text)
                return
            }
            let whole = try YAMLNode.parsed(text)
            try #require(short == whole, "\(text.debugDescription)")
        }
    }
}
