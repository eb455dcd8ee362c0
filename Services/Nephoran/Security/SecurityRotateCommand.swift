import ArgumentParser
import Foundation

struct SecurityRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Replace every secret of this host's installation while it runs.",
        discussion: """
            The services' secret, the key token, the secret that hashes of keys are made with, and the one that signs callbacks, as far as they are files \
            here. Until --finish the new ones and those before are good. Redis of nephoran up gets another password with every start. What others have \
            given, and what is no file, is listed at the end with what has to be done.
            """)

    /// Services look at their files every two seconds.
    private static let settle = Duration.seconds(6)

    @Option(help: "Data directory of nephoran up; files that the environment names (…_FILE) instead of those in it.", completion: .directory)
    var dataDir: String = ".nephoran"
    @Flag(help: "End the overlap: the secrets before are good no longer.") var finish = false

    func run() async throws {
        let rotation = SecretRotation(directory: self.dataDir, environment: ProcessInfo.processInfo.environment)
        let terminal = Terminal.standardOutput
        if self.finish {
            // Whoever began a moment ago has services that still show the ones before.
            try await Task.sleep(for: Self.settle)
            do { terminal.print("dropped: \(try rotation.finish().joined(separator: ", "))") } catch let waiting as SecretRotation.Waiting {
                throw CommandFailure(
                    .refused,
                    "pepper: the one before stays good for the keys \(waiting.keys.joined(separator: ", ")); nephoran key rotate each, then --finish once more")
            }
            return
        }
        try await rotation.begin { try await Task.sleep(for: Self.settle) }
        for secret in rotation.secrets { terminal.print("\(secret.name): \(secret.file.path)") }
        // Of what runs here, too: its settings are those that count.
        let settings = [ProcessInfo.processInfo.environment] + ListenerAudit.running().map(\.environment)
        let others = OtherSecrets(settings, people: (try? rotation.keys.read().keys.map(\.name)) ?? [])
        if !others.lines.isEmpty { terminal.print("Not replaced here:") }
        for line in others.lines { terminal.print("  \(line)") }
        terminal.print("New ones are in use, those before still good. Tell receivers of callbacks the new secret, then: nephoran security rotate --finish")
    }
}
