import ArgumentParser

struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Watch services, queues, rates and what waits for people.",
        discussion: "Goes on until it is interrupted. Where the output is no terminal, or with --output json, each view is printed once it is there.")

    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "One view, and the end.") var once = false
    @Option(help: "Seconds between two views.") var interval: Double = 2

    func validate() throws {
        guard (0.2...3_600).contains(self.interval) else { throw ValidationError("--interval takes 0.2…3600 seconds.") }
    }

    func run() async throws {
        let watch = InstallationWatch(client: try self.connection.client())
        let terminal = Terminal.standardOutput
        // What happens is seen between two looks.
        _ = try await watch.look()
        try await Task.sleep(for: .seconds(self.once ? min(self.interval, 1) : self.interval))
        while true {
            let view = try await watch.look()
            if self.connection.output == .json {
                terminal.print(JSONText.pretty(Array(try JSONText.encode(view))))
            } else {
                let screen = terminal.isInteractive && !self.once ? "\u{1b}[H\u{1b}[2J" : ""
                terminal.write(screen + TopText.lines(view, terminal).joined(separator: "\n") + "\n")
            }
            if self.once { return }
            try await Task.sleep(for: .seconds(self.interval))
        }
    }
}

/// A view for people.
enum TopText {
    static func lines(_ view: InstallationView, _ terminal: Terminal) -> [String] {
        var lines = ["\(view.gateway)  \(terminal.styled(view.status, view.status == "healthy" ? .green : .yellow))  \(view.at)"]
        lines.append(
            "submissions \(self.number(view.submissionsPerSecond))/s, ended \(self.number(view.intentsPerMinute))/min, p95 \(self.time(view.intentP95)), failed answers \(view.failures.map { "\(self.number($0 * 100)) %" } ?? "-")"
        )
        let people = "waiting for people \(view.awaitingPeople)"
        lines.append(
            "under way \(view.active), \(view.awaitingPeople > 0 ? terminal.styled(people, .yellow) : people)" + (view.rollout.map { ", rollout \($0)" } ?? ""))
        var services = Table("SERVICE", "STATE", "COLOUR", "RATE", "P95", "CPU", "MEMORY", "BREAKERS", "NOTE")
        for service in view.services {
            let open = (service.breaker.map { $0 == "closed" ? [] : ["gateway→\(service.name)"] } ?? []) + service.openBreakers
            services.add(
                service.name, service.status, service.colour ?? "-", service.requestsPerSecond.map { "\(self.number($0))/s" } ?? "-", self.time(service.p95),
                service.processor.map { self.number($0) } ?? "-", service.memory.map { "\(Int($0 / 1_048_576)) MiB" } ?? "-",
                open.isEmpty ? "closed" : open.joined(separator: " "), service.detail ?? "")
        }
        var queues = Table("QUEUE", "DEPTH", "AGE", "DELAYED", "DEAD")
        for queue in view.queues {
            queues.add(queue.stage, "\(queue.depth)", queue.depth == 0 ? "-" : "\(Int(queue.ageSeconds))s", "\(queue.delayed)", "\(queue.dead)")
        }
        let bold: (String) -> String = { terminal.styled($0, .bold) }
        return lines + [""] + services.lines(width: terminal.width, style: bold) + [""] + queues.lines(width: terminal.width, style: bold)
    }

    static func number(_ value: Double?) -> String { value.map { "\(($0 * 10).rounded() / 10)" } ?? "-" }
    static func time(_ seconds: Double?) -> String { seconds.map { $0 < 1 ? "\(Int(($0 * 1_000).rounded())) ms" : "\(($0 * 100).rounded() / 100) s" } ?? "-" }
}
