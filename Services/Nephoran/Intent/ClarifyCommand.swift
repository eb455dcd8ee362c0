import ArgumentParser
import Foundation
import IntentModel

struct ClarifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clarify", abstract: "Answer the questions of an intent that waits.",
        discussion:
            "An answer is [expectation:]field=value, such as e1:object.type=AMF, targets.replicas=3 or confirm=true. A single value answers the only question."
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "Id of the intent.") var id: IntentID
    @Argument(help: "Answers.") var answers: [String]

    private struct Body: Encodable { var answers: [ClarificationAnswer] }

    func run() async throws {
        let client = try self.connection.client()
        let open = try await client.get(IntentRecord.self, "/v1/intents/\(self.id)").clarifications ?? []
        let answers = try self.answers.map { try ClarificationText.answer($0, to: open) }
        let answer = try await client.call("POST", "/v1/intents/\(self.id)/clarify", body: Array(try JSONEncoder().encode(Body(answers: answers)))).body
        try GetCommand.show(answer, self.connection.output)
    }
}
