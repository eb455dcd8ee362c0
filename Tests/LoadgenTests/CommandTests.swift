import ArgumentParser
import Testing

@testable import Loadgen

struct CommandTests {
    @Test func heysOptionsMeanWhatTheyMean() throws {
        let command = try #require(
            try LoadgenCommand.parseAsRoot([
                "-z", "10s", "-c", "7", "-n", "100", "-q", "2.5", "-m", "POST", "-H", "A: b", "-H", "C: d", "-t", "3", "-T", "application/json", "-d", "{}",
                "-disable-keepalive", "-cpus", "2", "-host", "x.y", "-o", "csv", "http://h/",
            ]) as? HitCommand)
        #expect(command.duration == "10s" && command.connections == 7 && command.requests == 100 && command.perConnection == 2.5)
        #expect(command.method == "POST" && command.headers == ["A: b", "C: d"] && command.timeout == 3 && command.contentType == "application/json")
        #expect(command.body == "{}" && command.disablesKeepAlive && command.threads == 2 && command.host == "x.y" && command.output == "csv")
        let plain = try #require(try LoadgenCommand.parseAsRoot(["http://h/"]) as? HitCommand)
        #expect(plain.requests == 200 && plain.connections == 50 && plain.timeout == 20 && plain.method == "GET")
    }

    @Test(arguments: [
        ["-c", "0", "http://h/"], ["-n", "5", "-c", "10", "http://h/"], ["-o", "xml", "http://h/"], ["-d", "a", "-D", "b", "http://h/"],
        ["-q", "0", "http://h/"], [],
    ])
    func badOptionsAreRefused(arguments: [String]) { #expect(throws: (any Error).self) { try LoadgenCommand.parseAsRoot(arguments + []) } }

    @Test func scenariosAreRun() throws {
        let command = try #require(try LoadgenCommand.parseAsRoot(["run", "a.yaml", "--token", "q=f", "--time", "0.5", "--expect", "p95<1s"]) as? RunCommand)
        #expect(command.scenario == "a.yaml" && command.tokens == ["q=f"] && command.timeScale == 0.5 && command.report.expect == ["p95<1s"])
    }
}
