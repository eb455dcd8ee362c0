import ArgumentParser

/// The operator's command line. Ends with the statuses of ``CommandFailure``; a word that is not understood is 2.
@main
struct App {
    static func main() async {
        do {
            var command = try await NephoranCommand.asyncParseAsRoot()
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
        } catch {
            CommandFailure.exit(because: error)
        }
    }
}
