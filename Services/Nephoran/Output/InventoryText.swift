import IntentModel

/// What runs where, as a table.
enum InventoryText {
    static func table(_ items: [InventoryItem]) -> Table {
        var table = Table("INSTANCE", "FUNCTION", "CLUSTER", "NAMESPACE", "REVISION", "REPLICAS", "OBSERVED", "AGE", "INTENT")
        for item in items {
            table.add(
                item.instance, item.function, item.cluster, item.namespace, item.revision, item.replicas.map { "\($0)" } ?? "–", item.observed,
                Age.text(since: item.updatedAt), item.intentId ?? "–"
            )
        }
        return table
    }
}
