import Foundation
import Glibc

/// A run with all around it: followers, live progress, the judgement and the report.
struct LoadTest: Sendable {
    var name: String
    var about = ""
    var target: Target
    var threads = 1
    var seed: UInt64 = 1
    var expectations: [Expectation] = []
    /// Reads the feed of events.
    var token: String?
    /// Seconds that the ends of intents are waited for.
    var followFor = 60.0
    var showsProgress = false

    struct Measured: Sendable {
        var flows: [FlowFigures]
        var seconds: Double
        var generatorLoad: Double
        var samples: [FlowRecorder.Sample]
    }

    /// Runs flows until they end, or `control` says so.
    func measure(_ flows: [FlowPlan], _ control: RunControl) async throws -> Measured {
        var followers: [EventFollower] = []
        for watch in flows.compactMap(\.watch) {
            let follower = try EventFollower(self.target, token: self.token, watch: watch)
            try await follower.start()
            followers.append(follower)
        }
        let progress = Task { if self.showsProgress { await LiveProgress(flows).show(control) } }
        let (start, used) = (MonotonicClock.now(), Self.processorTime())
        let run = LoadRun(flows: flows, threads: self.threads, seed: self.seed, tag: Self.tag())
        let outcome: LoadRun.Outcome
        do { outcome = try await run.run(control) } catch {
            progress.cancel()
            throw error
        }
        let load = (Self.processorTime() - used) / max(outcome.seconds, 1e-9)
        for follower in followers { await follower.finish(within: self.followFor) }
        progress.cancel()
        await progress.value
        return Measured(
            flows: zip(flows, outcome.recorders).map { FlowFigures($0, $1, seconds: outcome.seconds, start: start) }, seconds: outcome.seconds,
            generatorLoad: load, samples: outcome.recorders.flatMap(\.samples))
    }

    func report(_ measured: Measured, started: Date, steps: [Report.Step] = []) -> Report {
        var report = Report(
            name: self.name, about: self.about, target: "http://\(self.target.authority)", started: started.formatted(.iso8601), seconds: measured.seconds,
            generatorLoad: measured.generatorLoad, threads: self.threads, flows: measured.flows,
            judgements: self.expectations.flatMap { $0.judge(measured.flows) }, steps: steps, breakpoint: steps.last(where: \.holds)?.rate,
            recommendations: [])
        report.recommendations = Recommendations.read(report)
        return report
    }

    /// Seconds of processor time of this process.
    private static func processorTime() -> Double {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// Lower-case letters and digits that differ from run to run.
    private static func tag() -> String { String(UInt64(Date().timeIntervalSince1970 * 1_000), radix: 36) }
}
