import ArgumentParser

/// Which rollout is meant: the one that an `up` drives, or a colour that somebody else deploys.
struct ColourOptions: ParsableArguments {
    @Option(help: "Directory that up was started with.", completion: .directory) var dataDir: String = ".nephoran"
    @Option(help: "Colour of what another deploys, a cluster for one: only its role in the ledger is changed, over the gateway.") var colour: String?
    @Option(help: "Percent of the work, of a promotion with --colour.") var weight: Int = 100
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard (1...100).contains(self.weight) else { throw ValidationError("--weight takes 1…100.") }
        guard self.weight == 100 || self.colour != nil else { throw ValidationError("--weight is for --colour; a host's canary takes --weights at its start.") }
    }

    func roles() throws(CommandFailure) -> ColourRoles { ColourRoles(client: try self.connection.client()) }
}
