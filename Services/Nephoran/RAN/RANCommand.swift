import ArgumentParser
import Foundation

struct RANCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ran", abstract: "Show the RICs, the managed elements and the clusters, what they hold and what troubles them.",
        subcommands: [RANStatusCommand.self, RANPoliciesCommand.self, RANElementsCommand.self, RANAlarmsCommand.self, RANClustersCommand.self])
}

/// Where oran-adaptor is.
struct AdaptorOptions: ParsableArguments {
    @Option(help: "Address of oran-adaptor; else ORAN_ADAPTOR_URL, else four ports above the gateway.") var adaptor: String?

    func client(_ connection: ConnectionOptions) throws -> GatewayClient {
        let environment = ProcessInfo.processInfo.environment
        let gateway = try connection.client(environment)
        return gateway.at(
            try SiblingAddress.of(
                "oran-adaptor", self.adaptor ?? environment["ORAN_ADAPTOR_URL"], portsAbove: 4, option: "--adaptor", gateway: gateway.base))
    }
}
