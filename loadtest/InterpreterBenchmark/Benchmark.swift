import Foundation
import IntentLanguage
import IntentModel

/// Reads the project's own sentences on one core: how many are read as they must be, how many a second, and how long one takes; then
/// texts of 1…4,096 characters of the worst kinds. Ends with 1 when something harmful is read, below 20,000 sentences a second, or
/// when one in a hundred takes a millisecond or more. With a directory and a number, so many rounds and no promise, to be counted from outside.
@main
struct Benchmark {
    private static let usualRounds = 40
    private static let lengths = [1, 16, 64, 256, 1_024, 4_096]
    private static let worst = [
        "AMF ", "3 ", "a-", "\"", "'x ", "deploy ", "and ", "or AMF ", "if ", "not ", "ignore ", "ns ", "name ", "5 to ", "(", "é", "🚀", "amf-1, ", "min max ",
        "for ", "scale AMF to 3. ", "擴展", "skaliere ", "a 5 ", "replcias ", "stelle AMF ",
    ]

    static func main() throws {
        let directory = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "Tests/LLMProcessorTests/Fixtures"
        let counted = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) : nil
        let rounds = counted ?? self.usualRounds
        let interpreter = EmbeddedInterpreter(vocabulary: try Vocabulary.shipped())
        let fixtures = try Fixture.all(in: directory)
        guard !fixtures.isEmpty else {
            print("no fixtures in \(directory)")
            exit(2)
        }
        let verdicts = fixtures.map { $0.verdict(of: interpreter.interpret(InterpretationRequest(intent: $0.text))) }
        let exact = verdicts.count { $0 == .exact }, harmful = verdicts.count { $0 == .harmful }
        print("sentences   \(fixtures.count) of the project's own, exact \(Self.percent(exact, fixtures.count)), harmful \(harmful)")

        let requests = fixtures.map { InterpretationRequest(intent: $0.text) }
        var best = Double.infinity
        var times: [Double] = []
        times.reserveCapacity(rounds * requests.count)
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            for request in requests {
                let began = ContinuousClock.now
                let read = interpreter.interpret(request)
                times.append(began.duration(to: .now) / .microseconds(1))
                precondition(read.schema == Interpretation.schemaName)
            }
            best = min(best, start.duration(to: .now) / .seconds(1))
        }
        times.sort()
        let rate = Double(requests.count) / best
        let late = times[times.count * 99 / 100]
        print("rate        \(Int(rate)) sentences/s on one core (best of \(rounds) rounds)")
        print("one takes   p50 \(Self.plain(times[times.count / 2])) µs, p99 \(Self.plain(late)) µs, longest \(Self.plain(times[times.count - 1])) µs")
        if counted != nil { return }
        self.lengthTable(interpreter)
        guard harmful == 0, rate >= 20_000, late < 1_000 else {
            print("the promise is not kept: no harm, 20,000 sentences/s, p99 below 1 ms")
            exit(1)
        }
    }

    private static func lengthTable(_ interpreter: EmbeddedInterpreter) {
        print("characters  slowest µs  of")
        for length in self.lengths {
            var slowest = (0.0, "")
            for unit in self.worst {
                let text = String(String(repeating: unit, count: length / unit.count + 1).prefix(length))
                var least = Double.infinity
                for _ in 0..<5 {
                    least = min(least, ContinuousClock().measure { _ = interpreter.interpret(InterpretationRequest(intent: text)) } / .microseconds(1))
                }
                if least > slowest.0 { slowest = (least, unit) }
            }
            let count = "\(length)", time = Self.plain(slowest.0)
            print(
                count + String(repeating: " ", count: max(1, 12 - count.count)) + time + String(repeating: " ", count: max(1, 12 - time.count))
                    + "'\(slowest.1)'")
        }
    }

    private static func plain(_ value: Double) -> String { String(Double(Int(value * 10)) / 10) }

    private static func percent(_ part: Int, _ whole: Int) -> String { "\(self.plain(100 * Double(part) / Double(max(1, whole)))) %" }
}
