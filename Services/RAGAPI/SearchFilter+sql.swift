import GRDB

extension SearchFilter {
    /// A condition on `documents d`; every value of the caller is an argument, never text of the statement.
    var clause: (sql: String, arguments: [any DatabaseValueConvertible]) {
        let marks = self.anyOf.map { _ in "?" }.joined(separator: ", ")
        let values = self.anyOf.map(\.sqlValue)
        return switch self.field {
        case "source": ("d.source IN (\(marks))", values)
        case "documentId": ("d.id IN (\(marks))", values)
        // `json_each` gives one row for a scalar and one per element of a list.
        default: ("EXISTS (SELECT 1 FROM json_each(d.metadata, ?) WHERE atom IN (\(marks)))", ["$.\"\(self.field)\""] + values)
        }
    }
}

extension MetadataValue {
    /// As SQLite's JSON functions give it: booleans are 1 and 0.
    fileprivate var sqlValue: any DatabaseValueConvertible {
        switch self {
        case .text(let value): value
        case .number(let value): value
        case .boolean(let value): value
        case .list: ""
        }
    }
}
