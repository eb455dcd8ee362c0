import Hummingbird
import ServiceRuntime

/// Which query parameters a route takes: each of them once. What is passed over would be taken for heeded: `dryrun=true`, a letter away from
/// `dryRun=true`, must not deploy what was only to be shown. What changes something takes no others; a reading passes over those that are
/// not even nearly one of its own.
///
/// `OpenAPITests` holds the list against `openapi.yaml`.
enum KnownQuery {
    /// By method and path; a route that is not here takes none.
    static let names: [String: [String]] = [
        "POST /v1/intents": ["dryRun"],
        "GET /v1/intents": ["tenant", "phase", "priority", "limit", "cursor"],
        "GET /v1/inventory": place,
        "GET /v1/packages": place,
        "GET /v1/packages/{cluster}/{namespace}/{instance}": ["revision"],
        "GET /v1/packages/{cluster}/{namespace}/{instance}/history": ["limit"],
        "GET /v1/archive": ["tenant", "query", "phase", "from", "to", "limit", "cursor"],
        "GET /v1/archive/export": ["tenant", "phase", "from", "to"],
        "GET /v1/queues/{stage}/dead": ["limit", "cursor"],
        "DELETE /v1/queues/{stage}/dead": ["all"],
        "POST /v1/queues/{stage}/dead/redrive": ["all"],
        "GET /v1/audit": ["people", "limit", "cursor"],
        "GET /v1/audit/entries": ["who", "tenant", "verb", "intent", "from", "to", "people", "limit", "cursor"],
        "GET /v1/knowledge": ["query", "limit"],
        "GET /v1/orchestration/workflows": ["status"],
        "GET /v1/metrics": ["timerange"],
    ]
    /// Unknown names of one request that are held against the known ones.
    private static let mostStrangers = 32
    private static let place = ["function", "instance", "namespace", "cluster"]

    /// - Throws: `invalid_query` with the first parameter that the route does not take, or that is there twice.
    static func check(_ request: Request, _ context: AppContext) throws {
        guard let query = request.uri.query, !query.isEmpty, let route = context.endpointPath else { return }
        let method = request.method == .head ? "GET" : request.method.rawValue
        let known = Self.names["\(method) \(route)"] ?? []
        var seen: Set<Substring> = []
        var strangers = 0
        for part in query.split(separator: "&") {
            // As the router reads it: a name is taken as it is written.
            let name = part.prefix { $0 != "=" }
            let shown = name.prefix(64)
            guard known.contains(where: { $0 == name }) else {
                // A reader loses nothing by what means nothing here, such as the number with which a cache is passed by.
                // Nobody writes so many by mistake, and each is looked at letter by letter.
                strangers += 1
                if method == "GET", strangers > Self.mostStrangers || Self.nearest(to: String(shown), of: known) == nil { continue }
                throw ProblemError(.badRequest, code: "invalid_query", detail: Self.unknown(String(shown), known, "\(method) \(route)"))
            }
            guard seen.insert(name).inserted else {
                throw ProblemError(.badRequest, code: "invalid_query", detail: "\(shown) is there twice; it takes one value.")
            }
        }
    }

    private static func unknown(_ name: String, _ known: [String], _ route: String) -> String {
        if known.isEmpty { return "\(name) is no query parameter of \(route), which takes none." }
        if let nearest = Self.nearest(to: name, of: known) { return "\(name) is no query parameter of \(route); did you mean \(nearest)?" }
        return "\(name) is no query parameter of \(route), which takes \(known.joined(separator: ", "))."
    }

    /// The one that is written like it but for a third of its letters; nil when none is.
    static func nearest(to name: String, of known: [String]) -> String? {
        let letters = Array(name.lowercased().filter { $0 != "_" && $0 != "-" })
        let distances = known.map { (name: $0, distance: Self.distance(letters, Array($0.lowercased()))) }
        guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance * 3 <= max(letters.count, best.name.count) ? best.name : nil
    }

    /// Letters to put in, take out or exchange.
    private static func distance(_ one: [Character], _ other: [Character]) -> Int {
        var row = Array(0...other.count)
        for (i, a) in one.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in other.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
                diagonal = above
            }
        }
        return row[other.count]
    }
}
