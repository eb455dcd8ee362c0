/// Whether Git can have a branch of a name: `git check-ref-format --branch`, with its rules by number.
enum BranchName {
    static let rule = "name of a branch (git check-ref-format)"

    static func isValid(_ name: String) -> Bool {
        // 9, and what git refuses of branches: it would be taken for an option, or for where the repository is.
        guard !name.isEmpty, name != "@", name != "HEAD", !name.hasPrefix("-") else { return false }
        // 7, 3, 8
        guard !name.hasSuffix("."), !name.contains(".."), !name.contains("@{") else { return false }
        // 4, 5, 10
        guard name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && !Self.special.contains($0) }) else { return false }
        // 1, 6
        return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock") }
    }

    private static let special = Set(#"~^:?*[\"#.utf8)
}
