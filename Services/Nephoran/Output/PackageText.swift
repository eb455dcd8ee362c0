import IntentModel

/// Packages for people.
enum PackageText {
    static func table(_ items: [InventoryItem]) -> Table {
        var table = Table("PACKAGE", "FUNCTION", "REVISION", "REPLICAS", "AGE", "PUBLISHED BY")
        for item in items {
            table.add(
                item.path, item.function, item.revision, item.replicas.map { "\($0)" } ?? "–", Age.text(since: item.updatedAt),
                item.intentId.map { "intent \($0)" } ?? "by hand")
        }
        return table
    }

    /// One YAML stream; each file says where it lies.
    static func manifests(_ path: String, _ files: [PackageFile]) -> [String] {
        files.map { "--- # \(path)/\($0.path)\n\($0.content)\($0.content.hasSuffix("\n") ? "" : "\n")" }
    }
}
