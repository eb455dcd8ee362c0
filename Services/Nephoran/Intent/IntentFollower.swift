import Foundation
import IntentModel

/// Follows an intent by its events until it is settled, through lost connections and restarts of the gateway.
struct IntentFollower {
    let client: GatewayClient
    let id: IntentID

    struct Step: Decodable {
        var phase: Phase
        var at: String
        var by: String
        var detail: String?
    }

    /// Prints the record once the intent is done, refused, failed or waits for a person, and throws the status that says so.
    func follow(printsSteps: Bool, output: OutputFormat, timeout: Duration) async throws {
        let terminal = Terminal.standardOutput
        let progress = ProgressLine(isShown: !printsSteps && output == .text)
        let deadline = ContinuousClock.now + timeout
        var last: String?
        var body: [UInt8] = []
        var record: IntentRecord
        repeat {
            try await self.steps(after: &last, until: deadline) { step, json in
                if printsSteps {
                    terminal.print(output == .json ? json : Self.line(step, terminal))
                } else {
                    progress.show("\(step.phase.rawValue) \(step.detail ?? "")")
                }
                return step.phase.isSettled
            }
            body = try await self.client.call("GET", "/v1/intents/\(self.id)").body
            record = try GatewayClient.decode(IntentRecord.self, body)
            // A step that waited for a person may be an old one, answered since.
        } while !record.phase.isSettled
        progress.clear()
        if output == .json { terminal.print(JSONText.pretty(body)) } else { RecordText(record, terminal).lines.forEach { terminal.print($0) } }
        if let outcome = record.phase.outcome { throw outcome }
    }

    static func line(_ step: Step, _ terminal: Terminal) -> String {
        let phase = step.phase.rawValue + String(repeating: " ", count: max(0, 23 - step.phase.rawValue.count))
        return "\(step.at)  \(terminal.styled(phase, step.phase.style)) \(step.by)\(step.detail.map { "  \($0)" } ?? "")"
    }

    /// Hands every transition after `last` to `take`, until it says that it has seen enough or the intent has ended.
    func steps(after last: inout String?, until deadline: ContinuousClock.Instant, _ take: (Step, String) -> Bool) async throws(CommandFailure) {
        let clock = ContinuousClock()
        var pause = Duration.milliseconds(50)
        while true {
            let left = clock.now.duration(to: deadline)
            guard left > .zero else {
                throw CommandFailure(.timedOut, "intent \(self.id) is still under way; follow it with: nephoran intent events \(self.id)")
            }
            do throws(CommandFailure) {
                if try await self.read(after: &last, timeout: left, take) { return }
                pause = .milliseconds(50)
            } catch {
                guard error.status == .unreachable || error.status == .timedOut else { throw error }
                if error.status == .unreachable, last == nil, pause > .seconds(2) { throw error }
            }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(3))
        }
    }

    /// One connection; true when there is nothing more to see.
    private func read(after last: inout String?, timeout: Duration, _ take: (Step, String) -> Bool) async throws(CommandFailure) -> Bool {
        let headers = [("accept", "text/event-stream")] + (last.map { [("last-event-id", $0)] } ?? [])
        let stream = try await self.client.stream("/v1/intents/\(self.id)/events", headers: headers, timeout: timeout)
        var parser = ServerSentEvents()
        do {
            for try await bytes in stream {
                for event in parser.feed(bytes) {
                    let step = try GatewayClient.decode(Step.self, Array(event.data.utf8))
                    last = event.id ?? last
                    if take(step, event.data) { return true }
                    if step.phase.isTerminal { return true }
                }
            }
        } catch let error as CommandFailure {
            throw error
        } catch {
            return false
        }
        return false
    }
}
