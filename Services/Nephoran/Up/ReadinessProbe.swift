import Foundation
import HTTPFetch

/// Asks every service whether it is ready, often enough that nobody waits for the question.
struct ReadinessProbe: Sendable {
    static let interval = Duration.milliseconds(20)

    let supervisor: Supervisor
    let console: Console
    private let fetcher: HTTPFetcher

    /// - Parameter environment: where the services speak TLS, what they trust and show is shown and trusted here, too.
    init(supervisor: Supervisor, console: Console, environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.supervisor = supervisor
        self.console = console
        self.fetcher = Self.fetcher(environment)
    }

    static func fetcher(_ environment: [String: String]) -> HTTPFetcher {
        func file(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let certificate = file("TLS_CERT_FILE").map { HTTPFetcher.ClientCertificate(certificateFile: $0, keyFile: file("TLS_KEY_FILE")) }
        return HTTPFetcher(.init(caFile: file("TLS_CA_FILE"), certificate: certificate))
    }

    /// Says one line for each service as it becomes ready. Throws when one cannot, or the time is up.
    func wait(for processes: [ProcessSpecification], within limit: Duration) async throws(CommandFailure) {
        let clock = ContinuousClock()
        let start = clock.now
        let width = processes.map(\.name.count).max() ?? 0
        let failures = await withTaskGroup(of: CommandFailure?.self) { group in
            for process in processes {
                group.addTask {
                    do throws(CommandFailure) {
                        guard try await self.isReady(process, until: start + limit) else { return nil }
                    } catch {
                        return error
                    }
                    guard let address = process.address else { return nil }
                    let milliseconds = start.duration(to: clock.now) / .milliseconds(1)
                    let name = process.name + String(repeating: " ", count: width - process.name.count)
                    self.console.say("\(name)  \(address)  ready after \(Int(milliseconds)) ms")
                    return nil
                }
            }
            var failures: [CommandFailure] = []
            for await failure in group {
                guard let failure else { continue }
                failures.append(failure)
                group.cancelAll()
            }
            return failures
        }
        if let failure = failures.first(where: { $0.status != .timedOut }) ?? failures.first { throw failure }
    }

    /// False when nobody wants to know any more.
    private func isReady(_ process: ProcessSpecification, until deadline: ContinuousClock.Instant) async throws(CommandFailure) -> Bool {
        var answer = "no answer"
        while !Task.isCancelled {
            if let address = process.address {
                do throws(FetchError) {
                    let response = try await self.fetcher.fetch(FetchRequest(url: address + "/readyz", timeout: .seconds(1)))
                    if response.status == 200 { return true }
                    answer = String(decoding: response.body.prefix(1_000), as: UTF8.self)
                } catch {
                    if answer == "no answer", case .connect = error {} else { answer = "\(error)" }
                }
            }
            // A store needs no question, but one that ends by itself, such as for a damaged file, stops everything too.
            if let reason = await self.supervisor.hopeless(process.name) { throw CommandFailure(.refused, reason) }
            if process.address == nil, await self.supervisor.isRunning(process.name) { return true }
            guard ContinuousClock.now < deadline else { throw CommandFailure(.timedOut, "\(process.name) is not ready: \(answer)") }
            try? await Task.sleep(for: Self.interval)
        }
        return false
    }
}
