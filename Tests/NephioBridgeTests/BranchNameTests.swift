import TestSupport
import Testing

@testable import NephioBridge

@Suite struct BranchNameTests {
    @Test(
        "a name is taken where git takes it",
        arguments: [
            "main", "release/1.2", "a-b_c", "Straße", "a@b", "@a", "a.b", "a{b}", "a b", "", "@", "HEAD", "-a", "/a", "a/", "a//b", ".a", "a/.b", "a.", "a..b",
            "a.lock", "a.lock/b", "a@{1}", "a~1", "a^", "a:b", "a?", "a*", "a[b", "a\\b", "a\tb", "a\u{7f}b", "refs/heads/x",
        ])
    func alike(_ name: String) async throws {
        let taken = try await offPool { (try? Tool.output(["git", "check-ref-format", "refs/heads/\(name)"])) != nil }
        // These would be references, and as arguments of its commands they mean something else.
        #expect(BranchName.isValid(name) == (taken && !name.hasPrefix("-") && name != "HEAD" && name != "@"))
    }
}
