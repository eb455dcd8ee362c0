import ArgumentParser

struct NephoranCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nephoran",
        abstract: "Turns an operator's sentence into a reviewed change of a 5G/O-RAN network.",
        discussion: """
            Exit status: 0 done, 2 not understood, 3 refused or failed, 4 waits for a person, 5 nobody answers, 6 took too long.
            """,
        version: "1.0.0",
        subcommands: [
            UpCommand.self, RestartCommand.self, RolloutCommand.self, UpgradeCommand.self, IntentCommand.self, PlanCommand.self, PackageCommand.self,
            InventoryCommand.self, StatusCommand.self, TopCommand.self, HealthCommand.self, TroubleshootCommand.self, SLACommand.self, SLOCommand.self,
            KnowledgeCommand.self, QueueCommand.self, ArchiveCommand.self, AuditCommand.self, SecurityCommand.self, KeyCommand.self, PolicyCommand.self,
            RANCommand.self, GuardCommand.self,
        ]
    )
}
