import IntentModel

/// What the inventory shows of a package's files: its function and how many replicas run. Read line by line: the files
/// may be a person's, and a full parse of every package would make the start slow.
struct PackageSummary: Sendable, Equatable {
    /// Value of the first label `nephoran.com/function`.
    var function: String?
    /// `spec.replicas` of the first workload.
    var replicas: Int?

    private static let workloads: Set<Substring> = ["Deployment", "StatefulSet", "ReplicaSet", "Rollout"]

    init(files: [PackageFile]) {
        for file in files where Self.mayTell(file.path) { self.scan(file.content) }
    }

    static func mayTell(_ path: String) -> Bool { path.hasSuffix(".yaml") || path.hasSuffix(".yml") || path == "Kptfile" }

    private mutating func scan(_ content: String) {
        var kind: Substring?
        var replicas: Int?
        func found() -> Int? { kind.map(Self.workloads.contains) == true ? replicas : nil }
        for line in content.utf8.split(separator: UInt8(ascii: "\n")) {
            let line = Substring(line)
            if line.hasPrefix("---") {
                self.replicas = self.replicas ?? found()
                (kind, replicas) = (nil, nil)
            } else if line.hasPrefix("kind:") {
                kind = Self.value(of: line)
            } else if let start = line.firstIndex(where: { $0 != " " }) {
                let statement = line[start...]
                if statement.hasPrefix("replicas:") {
                    // The workload's own, not one further down in a template.
                    if line.distance(from: line.startIndex, to: start) <= 4 { replicas = replicas ?? Int(Self.value(of: statement)) }
                } else if self.function == nil, statement.hasPrefix("nephoran.com/function:") {
                    self.function = String(Self.value(of: statement))
                }
            }
        }
        self.replicas = self.replicas ?? found()
    }

    private static func value(of statement: Substring) -> Substring {
        guard let colon = statement.firstIndex(of: ":") else { return "" }
        var value = statement[statement.index(after: colon)...]
        if let comment = value.range(of: " #") { value = value[..<comment.lowerBound] }
        while let first = value.first, first == " " || first == "\"" || first == "'" { value.removeFirst() }
        while let last = value.last, last == " " || last == "\"" || last == "'" || last == "\r" { value.removeLast() }
        return value
    }
}

extension Substring {
    /// The first occurrence of `text`.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = self.startIndex
        while start < self.endIndex {
            if self[start...].hasPrefix(text) { return start..<self.index(start, offsetBy: text.count) }
            start = self.index(after: start)
        }
        return nil
    }
}
