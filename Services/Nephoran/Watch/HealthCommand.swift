import ArgumentParser
import Foundation
import HTTPFetch

struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Ask every component whether it is well, all at once.",
        discussion: """
            Components are those of --components, a JSON file: [{"name": "weaviate", "url": "http://…/v1/.well-known/ready", "status": 200, \
            "timeoutSeconds": 5, "critical": false}]; without one, the six services. Ends with status 3 when a critical one is not well.
            """)

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "JSON file of components.", completion: .file(extensions: ["json"])) var components: String?
    @Option(help: "File that the report is written to as JSON, besides.", completion: .file()) var report: String?

    struct Component: Codable, Sendable, Equatable {
        var name: String
        var url: String
        /// Any success without it.
        var status: Int?
        var timeoutSeconds: Double?
        /// True without it.
        var critical: Bool?
    }

    struct Report: Codable, Sendable {
        struct Item: Codable, Sendable {
            var name: String
            var url: String
            var isHealthy: Bool
            var critical: Bool
            var status: Int?
            var latencyMs: Double
            var detail: String?
        }

        var at: String
        /// `healthy`; `degraded` when one that is not critical is not well; `unhealthy`.
        var overall: String
        var components: [Item]
    }

    private static let atOnce = 32

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let token = try self.connection.token(environment)
        let base = try self.connection.base(environment)
        let list = try self.components.map { path throws(CommandFailure) in try Self.read(path) } ?? Self.services(gateway: base)
        let report = await Self.check(list, token: { $0 == base || $0.hasPrefix(base + "/") ? token : nil }, fetcher: self.connection.fetcher(environment))
        let json = JSONText.pretty(Array(try JSONText.encode(report)))
        if let path = self.report {
            do { try Data((json + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
                throw CommandFailure(.usage, "cannot write \(path)")
            }
        }
        let terminal = Terminal.standardOutput
        if self.connection.output == .json {
            terminal.print(json)
        } else {
            var table = Table("COMPONENT", "STATE", "TIME", "NOTE")
            for item in report.components {
                let state = item.isHealthy ? terminal.styled("healthy", .green) : terminal.styled(item.critical ? "unhealthy" : "degraded", .red)
                table.add(item.name, state, TopText.time(item.latencyMs / 1_000), item.detail ?? "")
            }
            for line in table.lines(width: terminal.width, style: { terminal.styled($0, .bold) }) { terminal.print(line) }
            terminal.print(report.overall)
        }
        if report.overall == "unhealthy" { throw CommandFailure(.refused) }
    }

    static func read(_ path: String) throws(CommandFailure) -> [Component] {
        guard let data = FileManager.default.contents(atPath: path) else { throw CommandFailure(.usage, "cannot read \(path)") }
        let list: [Component]
        do { list = try JSONDecoder().decode([Component].self, from: data) } catch { throw CommandFailure(.usage, "\(path): \(error)") }
        guard !list.isEmpty, list.count <= 1_000 else { throw CommandFailure(.usage, "\(path): 1 to 1000 components") }
        for component in list {
            guard component.url.hasPrefix("http://") || component.url.hasPrefix("https://") else {
                throw CommandFailure(.usage, "\(path): \(component.name): \(component.url) is no http:// or https:// address")
            }
            guard (0.1...60).contains(component.timeoutSeconds ?? 5) else {
                throw CommandFailure(.usage, "\(path): \(component.name): timeoutSeconds is 0.1…60")
            }
        }
        return list
    }

    /// Where `up` puts them.
    static func services(gateway: String) -> [Component] {
        UpPlan.services.enumerated().compactMap { index, name in
            guard let address = try? SiblingAddress.of(name, nil, portsAbove: index, option: "--components", gateway: gateway) else { return nil }
            return Component(name: name, url: address + "/readyz")
        }
    }

    static func check(_ list: [Component], token: @escaping @Sendable (String) -> String?, fetcher: HTTPFetcher) async -> Report {
        let items = await withTaskGroup(of: (Int, Report.Item).self) { group in
            var items: [Int: Report.Item] = [:]
            for (index, component) in list.enumerated() {
                if index >= Self.atOnce, let done = await group.next() { items[done.0] = done.1 }
                group.addTask { (index, await Self.ask(component, token(component.url), fetcher)) }
            }
            for await done in group { items[done.0] = done.1 }
            return items
        }
        let sorted = items.sorted { $0.key < $1.key }.map(\.value)
        let overall = sorted.contains { !$0.isHealthy && $0.critical } ? "unhealthy" : sorted.allSatisfy(\.isHealthy) ? "healthy" : "degraded"
        return Report(at: Date().formatted(.iso8601), overall: overall, components: sorted)
    }

    private static func ask(_ component: Component, _ token: String?, _ fetcher: HTTPFetcher) async -> Report.Item {
        let start = ContinuousClock.now
        var item = Report.Item(name: component.name, url: component.url, isHealthy: false, critical: component.critical ?? true, latencyMs: 0)
        do {
            let headers = token.map { [("authorization", "Bearer \($0)")] } ?? []
            let answer = try await fetcher.fetch(
                FetchRequest(url: component.url, headers: headers, timeout: .seconds(component.timeoutSeconds ?? 5), maxResponseBytes: 1 << 20))
            item.status = answer.status
            item.isHealthy = component.status.map { $0 == answer.status } ?? (200..<300).contains(answer.status)
            if !item.isHealthy { item.detail = "answered \(answer.status)" + (component.status.map { ", \($0) is wanted" } ?? "") }
        } catch {
            item.detail = "\(error)"
        }
        item.latencyMs = ((start.duration(to: .now) / .milliseconds(1)) * 100).rounded() / 100
        return item
    }
}
