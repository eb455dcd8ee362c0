import ArgumentParser
import Foundation

struct RANClustersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clusters", abstract: "Show the clusters of the O-Cloud: where they are, what they have, and when that was read.",
        discussion: "Ends with status 3 when the inventory is stale. --kubeconfig prints how to reach one, for KUBECONFIG; it holds a key.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var adaptor: AdaptorOptions
    @Option(help: "Print the kubeconfig of this cluster instead.") var kubeconfig: String?

    struct Clusters: Decodable {
        struct Item: Decodable {
            var name: String
            var serviceUri: String
            var places: [String]
            var capacity: [String: String]
            var nodes: [Node]
        }
        struct Node: Decodable { var name: String }

        var items: [Item]
        var configured: Bool
        var readAt: String?
        var isStale: Bool?
        var detail: String?
    }

    func run() async throws {
        let client = try self.adaptor.client(self.connection)
        let terminal = Terminal.standardOutput
        if let kubeconfig {
            let name = kubeconfig.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-._~"))) ?? kubeconfig
            return terminal.print(JSONText.pretty(try await client.call("GET", "/v1/o2/clusters/\(name)/kubeconfig").body))
        }
        let body = try await client.call("GET", "/v1/o2/clusters").body
        let clusters = try GatewayClient.decode(Clusters.self, body)
        if self.connection.output == .json {
            terminal.print(JSONText.pretty(body))
        } else if !clusters.configured {
            terminal.print("no O-Cloud is configured; O2_URL of oran-adaptor names it")
        } else {
            for line in Self.table(clusters).lines(width: terminal.width, style: { terminal.styled($0, .bold) }) { terminal.print(line) }
            terminal.print("read \(clusters.readAt ?? "never")\(clusters.isStale == true ? ", stale" : "")\(clusters.detail.map { ": \($0)" } ?? "")")
        }
        if clusters.configured, clusters.isStale == true { throw CommandFailure(.refused) }
    }

    static func table(_ clusters: Clusters) -> Table {
        var table = Table("CLUSTER", "PLACES", "CORES", "MEMORY", "NODES", "API")
        for item in clusters.items {
            table.add(
                item.name, item.places.joined(separator: ", "), item.capacity["cpu"] ?? "–", item.capacity["memory"] ?? "–",
                item.nodes.isEmpty ? "–" : "\(item.nodes.count)", item.serviceUri)
        }
        return table
    }
}
