import ArgumentParser

struct RestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Restart services of a running up, one after the other, without anybody noticing.",
        discussion: """
            Each is started anew beside the one that runs, on the same port; once it is ready the old one finishes what it has begun and leaves.
            One that does not become ready is killed, and the old one goes on. Takes the place of executables that were installed meanwhile.
            """
    )

    @Argument(help: "Names of services; all of them when there are none.") var services: [String] = []
    @Option(help: "Directory that up was started with.", completion: .directory) var dataDir: String = ".nephoran"

    func run() async throws {
        let (directory, services) = (self.dataDir, self.services.isEmpty ? UpPlan.services : self.services)
        try await ControlSocket.command((["restart"] + services).joined(separator: " "), of: directory)
    }
}
