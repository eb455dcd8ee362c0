import HTTPTypes
import Hummingbird
import Synchronization

/// Which methods a path has, to tell 405 from 404. Filled once all routes are known.
final class RouteTable: Sendable {
    struct Entry: Sendable {
        let template: String
        let segments: [Substring]
        var methods: [String]
    }

    private let entries = Mutex<[Entry]>([])

    func fill(_ routes: [Router<AppContext>.RouteDescription]) {
        var entries: [String: Entry] = [:]
        for route in routes {
            let template = route.path.description
            entries[template, default: Entry(template: template, segments: Self.segments(template), methods: [])].methods.append(route.method.rawValue)
        }
        self.entries.withLock { $0 = entries.values.sorted { $0.template < $1.template } }
    }

    /// Of the routes that this path leads to, as the router looks for them: a name that is there goes before what stands for any name. Nil when no
    /// route has this path.
    func match(_ path: String) -> (template: String, methods: [String])? {
        let segments = Self.segments(path)
        var matches = self.entries.withLock { $0.filter { Self.matches($0.segments, segments) } }
        guard let closest = matches.map({ Self.openness($0.segments) }).min(by: { $0.lexicographicallyPrecedes($1) }) else { return nil }
        matches.removeAll { Self.openness($0.segments) != closest }
        guard let first = matches.first else { return nil }
        var methods = Set(matches.flatMap(\.methods))
        if methods.contains("GET") { methods.insert("HEAD") }
        return (first.template, (methods.union(["OPTIONS"])).sorted())
    }

    private static func segments(_ path: String) -> [Substring] { path.split(separator: "/", omittingEmptySubsequences: true) }

    private static func matches(_ template: [Substring], _ path: [Substring]) -> Bool {
        for (index, segment) in template.enumerated() {
            if segment == "**" { return true }
            guard index < path.count else { return false }
            guard segment == path[index] || self.openness(segment) > 0 else { return false }
        }
        return template.count == path.count
    }

    private static func openness(_ template: [Substring]) -> [Int] { template.map(self.openness) }

    /// 0 for a name, 1 for what stands for any one, 2 for the rest of a path.
    private static func openness(_ segment: Substring) -> Int {
        if segment == "**" { return 2 }
        return segment.hasPrefix(":") || segment.contains("{") || segment.contains("*") ? 1 : 0
    }
}
