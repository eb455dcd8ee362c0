import ArgumentParser
import Foundation

struct KnowledgeSearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find passages of the knowledge base.",
        discussion: "Ends with status 0 whether or not something is found; --output json prints the answer of rag-api as it is."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var knowledge: KnowledgeOptions
    @Option(help: "At most this many passages.") var limit: Int = 10
    @Option(help: "hybrid, keyword or vector.") var mode: KnowledgeSearchMode = .hybrid
    @Option(help: "Weight of meaning against words in a hybrid search, 0…1; the service's without.") var alpha: Double?
    @Option(help: "At most this many passages of one document.") var perDocument: Int?
    @Option(name: .customLong("filter"), help: "A field of the metadata and a value it must have, as field=value; may be repeated.") var filters: [String] = []
    @Flag(help: "Tell what each score is made of.") var explain = false
    @Argument(help: "What to find.") var query: String

    func validate() throws {
        guard (1...100).contains(self.limit) else { throw ValidationError("--limit takes 1…100.") }
        guard self.alpha.map({ (0...1).contains($0) }) ?? true else { throw ValidationError("--alpha takes 0…1.") }
        guard self.perDocument.map({ (1...100).contains($0) }) ?? true else { throw ValidationError("--per-document takes 1…100.") }
        _ = try Self.fields(self.filters)
    }

    private struct Body: Encodable {
        var query: String
        var limit: Int
        var mode: String
        var alpha: Double?
        var perDocument: Int?
        var filters: [String: [String]]?
        var explain: Bool
    }

    func run() async throws {
        let filters = try Self.fields(self.filters)
        let body = Body(
            query: self.query, limit: self.limit, mode: self.mode.rawValue, alpha: self.alpha, perDocument: self.perDocument,
            filters: filters.isEmpty ? nil : filters, explain: self.explain)
        let answer = try await self.knowledge.client(self.connection).call("POST", "/v1/search", body: Array(JSONText.encode(body))).body
        let terminal = Terminal.standardOutput
        guard self.connection.output == .text else { return terminal.print(JSONText.pretty(answer)) }
        for line in KnowledgeHits.lines(try GatewayClient.decode(KnowledgeHits.self, answer), explains: self.explain, terminal) { terminal.print(line) }
    }

    /// Values of one field are alternatives.
    static func fields(_ filters: [String]) throws -> [String: [String]] {
        var fields: [String: [String]] = [:]
        for filter in filters {
            guard let equals = filter.firstIndex(of: "="), equals > filter.startIndex, filter.index(after: equals) < filter.endIndex else {
                throw ValidationError("--filter takes field=value, not \"\(filter)\".")
            }
            fields[String(filter[..<equals]), default: []].append(String(filter[filter.index(after: equals)...]))
        }
        return fields
    }
}

enum KnowledgeSearchMode: String, ExpressibleByArgument, CaseIterable { case hybrid, keyword, vector }
