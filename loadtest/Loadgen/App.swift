import ArgumentParser

/// The load generator. Ends with 0 when what was expected held, 1 when it did not, 2 when it was not understood, 3 when nothing could be measured.
@main
struct App {
    static func main() async {
        do {
            var command = try LoadgenCommand.parseAsRoot()
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
        } catch let error as LoadError {
            StandardError.say(error.description)
            LoadgenCommand.exit(withError: ExitCode(error.exitCode))
        } catch {
            if LoadgenCommand.exitCode(for: error) == .validationFailure {
                StandardError.say(LoadgenCommand.fullMessage(for: error))
                LoadgenCommand.exit(withError: ExitCode(LoadError.Kind.usage.rawValue))
            }
            LoadgenCommand.exit(withError: error)
        }
    }
}
