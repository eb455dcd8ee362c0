import ArgumentParser

struct LoadgenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loadgen",
        abstract: "Sends load over HTTP/1.1 and measures what comes back.",
        discussion: """
            With a URL it works like hey; with --rate it sends at a constant rate whatever the answers do, and latency counts from when a request was due. \
            Exit status: 0 everything expected held, 1 it did not, 2 not understood, 3 nothing could be measured.
            """,
        subcommands: [HitCommand.self, RunCommand.self, CapacityCommand.self],
        defaultSubcommand: HitCommand.self
    )
}
