import Testing

@testable import PackagePlanning

@Suite("kinds at sight") struct ManifestKindsTests {
    @Test(
        "of block style they are seen without reading",
        arguments: [
            ("apiVersion: v1\nkind: ConfigMap\ndata:\n  kind: Deployment\n", ["ConfigMap"]),
            ("# kind: Service\nkind: Deployment  \r\nmetadata: {name: amf}\n", ["Deployment"]),
            ("kind: A\n---\nkind: B\ntext: |\n  kind: C\n---\n# nothing\n", ["A", "B"]),
            ("---\nkind: A\n", ["A"]), ("", []), ("# only words\n", []),
        ])
    func seen(_ text: String, _ kinds: [String]) { #expect(ManifestKinds.atSight(in: text) == Set(kinds)) }

    @Test(
        "whatever else is read as YAML",
        arguments: [
            "{kind: Deployment}\n", "\"kind\": Deployment\n", "kind: \"Deployment\"\n", "kind: Deployment # of ours\n", "kind:\n  Deployment\n",
            "kind: A\nkind: B\n", "apiVersion: v1\nmetadata:\n  name: x\n", "kind: A\n---\nmetadata: {}\n", "--- {kind: A}\n", "- kind: A\n",
            "%YAML 1.2\n---\nkind: A\n", "? kind\n: A\n", "kind: &x A\n", "\tkind: A\n", "---\n  apiVersion: v1\n  kind: A\n", "metadata: {}\n---\nkind: A\n",
        ])
    func unseen(_ text: String) { #expect(ManifestKinds.atSight(in: text) == nil) }
}
