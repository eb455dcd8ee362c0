import ArgumentParser

struct KnowledgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "knowledge", abstract: "Look after the knowledge base.",
        subcommands: [
            KnowledgeAddCommand.self, KnowledgeSearchCommand.self, KnowledgeVerifyCommand.self, KnowledgeBackupCommand.self, KnowledgeRestoreCommand.self,
            KnowledgeMigrateCommand.self,
        ])
}
