import IntentModel

/// What the inventory shows of a package's files: its function and how many replicas run. Read line by line and by bytes:
/// the files may be a person's, and a full parse of every package would make the start slow.
struct PackageSummary: Sendable, Equatable {
    /// Value of the label `nephoran.com/function`: the Kptfile's, or the first one found.
    var function: String?
    /// `spec.replicas` of the first workload; of one that is scaled automatically, its least.
    var replicas: Int?

    private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>
    private static let workloads: Set<String> = ["Deployment", "StatefulSet", "ReplicaSet", "Rollout"]
    private static let autoscaler = "HorizontalPodAutoscaler"

    init(files: [PackageFile]) {
        var least: Int?
        // "Kptfile" sorts before the lower-case names of manifests.
        for file in files.filter({ Self.mayTell($0.path) }).sorted(by: { $0.path < $1.path }) {
            var content = file.content
            content.withUTF8 { self.scan($0, &least) }
        }
        self.replicas = self.replicas ?? least
    }

    static func mayTell(_ path: String) -> Bool { path.hasSuffix(".yaml") || path.hasSuffix(".yml") || path == "Kptfile" }

    private mutating func scan(_ content: UnsafeBufferPointer<UInt8>, _ least: inout Int?) {
        var kind: String?
        var counts: (replicas: Int?, least: Int?)
        func finish(_ summary: inout PackageSummary, _ least: inout Int?) {
            if let kind, Self.workloads.contains(kind) { summary.replicas = summary.replicas ?? counts.replicas }
            if kind == Self.autoscaler { least = least ?? counts.least }
        }
        var rest = content[...]
        while !rest.isEmpty {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[line.endIndex...].dropFirst()
            guard let start = line.firstIndex(where: { $0 != UInt8(ascii: " ") }) else { continue }
            let statement = line[start...]
            switch (statement.first, start - line.startIndex) {
            case (UInt8(ascii: "-"), 0) where statement.starts(with: "---".utf8):
                finish(&self, &least)
                (kind, counts) = (nil, (nil, nil))
            case (UInt8(ascii: "k"), 0): kind = Self.value(of: "kind:", in: statement) ?? kind
            // The workload's own, not one further down in a template.
            case (UInt8(ascii: "r"), 1...4): counts.replicas = counts.replicas ?? Self.value(of: "replicas:", in: statement).flatMap { Int($0) }
            case (UInt8(ascii: "m"), 1...4): counts.least = counts.least ?? Self.value(of: "minReplicas:", in: statement).flatMap { Int($0) }
            case (UInt8(ascii: "n"), _) where self.function == nil: self.function = Self.value(of: "nephoran.com/function:", in: statement)
            default: break
            }
        }
        finish(&self, &least)
    }

    /// Without quotes and comment; nil when the statement is another or says nothing.
    private static func value(of key: StaticString, in statement: Bytes) -> String? {
        let name = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
        guard statement.starts(with: name) else { return nil }
        var value = statement.dropFirst(name.count)
        let marks: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\r")]
        while let first = value.first, marks.contains(first) { value.removeFirst() }
        value = value.prefix { $0 != UInt8(ascii: "#") }
        while let last = value.last, marks.contains(last) { value.removeLast() }
        return value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
    }
}
