import Foundation
import Testing

@testable import Nephoran

@Suite struct UpProcessTests {
    /// A directory that goes away with the test.
    final class Scratch {
        let path = FileManager.default.temporaryDirectory.path + "/nephoran-\(UUID().uuidString)"
        deinit { try? FileManager.default.removeItem(atPath: self.path) }
    }

    static let environment = ["PATH": "/usr/bin:/bin"]

    @Test(
        "a child ends with its status or its signal", arguments: [("exit 7", ChildProcess.End.exited(7)), ("kill -9 $$", .signalled(9)), ("true", .exited(0))])
    func ends(_ script: String, _ end: ChildProcess.End) async throws {
        let child = try ChildProcess(executable: "/bin/sh", arguments: ["-c", script], environment: Self.environment, output: nil)
        #expect(await child.end() == end)
    }

    @Test("a child has its own process group, its priority and default signals")
    func surroundings() async throws {
        let scratch = Scratch()
        let log = LogFile(path: try DataDirectory(path: scratch.path).file("log"))
        let pump = try LogPump(log: log, console: Console(showsServices: false, width: 0), name: "child")
        let child = try ChildProcess(
            executable: "/bin/sh", arguments: ["-c", "sleep 0.05; echo $(cut -d' ' -f41 /proc/$$/stat) $(cut -d' ' -f5 /proc/$$/stat) $$"],
            environment: Self.environment,
            output: pump.input, isBackground: true
        )
        pump.start()
        #expect(await child.end() == .exited(0))
        let deadline = ContinuousClock.now + .seconds(5)
        while log.lastLine == nil, ContinuousClock.now < deadline { await Task.yield() }
        let words = try #require(log.lastLine).split(separator: " ")
        #expect(words.first == "5")  // SCHED_IDLE
        #expect(words.dropFirst().allSatisfy { Int32($0) == child.processID })
    }

    @Test("a program that is not there is an error, not a child")
    func missing() {
        #expect(throws: CommandFailure.self) { try ChildProcess(executable: "/does/not/exist", arguments: [], environment: [:], output: nil) }
    }

    @Test("the token is made once, for its owner only, and kept")
    func token() throws {
        let scratch = Scratch()
        let directory = try DataDirectory(path: scratch.path)
        let plan = try UpPlan(
            portBase: 9000, redis: nil, config: nil, directory: directory, release: Release(colour: "blue", directory: "/bin"),
            redisServer: "/bin/redis-server", environment: [:])
        try directory.prepare(for: plan)
        let token = try String(contentsOfFile: directory.file("token"), encoding: .utf8)
        #expect(token.count == 65 && token.hasSuffix("\n"))
        for file in ["token", "redis/redis.conf", "cache/redis.conf"] {
            let mode = try FileManager.default.attributesOfItem(atPath: directory.file(file))[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(file)")
        }
        try directory.prepare(for: plan)
        #expect(try String(contentsOfFile: directory.file("token"), encoding: .utf8) == token)
    }

    @Test("a second up on the same directory is refused and told who has it")
    func lock() async throws {
        let scratch = Scratch()
        let directory = try DataDirectory(path: scratch.path)
        let first = try await directory.lock()
        let failure = await #expect(throws: CommandFailure.self) { try await directory.lock() }
        #expect(failure?.message.contains("process \(getpid())") == true && failure?.status == .refused)
        close(first.descriptor)
        // A child that another test is starting holds a copy until it becomes another program.
        var second = try? await directory.lock()
        let deadline = ContinuousClock.now + .seconds(5)
        while second == nil, ContinuousClock.now < deadline { second = try? await directory.lock() }
        close(try #require(second).descriptor)
    }

    @Test("a log is appended to, and set aside when it has grown")
    func logFile() throws {
        let scratch = Scratch()
        let path = try DataDirectory(path: scratch.path).file("a.log")
        let log = LogFile(path: path, limit: 30)
        for number in 0..<4 { log.append(Array("line number \(number)".utf8)) }
        #expect(log.lastLine == "line number 3")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "line number 2\nline number 3\n")
        #expect(try String(contentsOfFile: path + ".1", encoding: .utf8) == "line number 0\nline number 1\n")
    }

    @Test("a process is started again quickly at first, then ever more slowly, and forgiven after a while")
    func restarts() {
        var policy = RestartPolicy()
        #expect((0..<9).map { _ in policy.ended(after: .seconds(1)) } == [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000].map { .milliseconds($0) })
        #expect(policy.ended(after: .seconds(31)) == .milliseconds(50))
        for _ in 0..<1_000 { #expect(policy.ended(after: .zero) <= RestartPolicy.longest) }
    }

    @Test("a supervisor starts again what dies and stops everything, stores last")
    func supervisor() async throws {
        let scratch = Scratch()
        let directory = try DataDirectory(path: scratch.path)
        let journal = directory.file("journal")
        func process(_ name: String, _ role: ProcessSpecification.Role) -> ProcessSpecification {
            // Says when it starts and when it is told to stop.
            let script = "echo \(name) up >> \(journal); trap 'echo \(name) down >> \(journal); exit 0' TERM; while :; do sleep 0.01; done"
            return ProcessSpecification(name: name, role: role, executable: "/bin/sh", arguments: ["-c", script], environment: Self.environment)
        }
        let dying = ProcessSpecification(
            name: "dying", role: .service, executable: "/bin/sh", arguments: ["-c", "echo dying >> \(journal); kill -9 $$"], environment: Self.environment
        )
        let supervisor = try Supervisor(
            [process("store", .store), process("service", .service), dying], logs: directory.logs, console: Console(showsServices: false, width: 0),
            guardian: nil
        )
        await supervisor.start()
        func lines() -> [String] { ((try? String(contentsOfFile: journal, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init) }
        let deadline = ContinuousClock.now + .seconds(10)
        while !(lines().contains("store up") && lines().contains("service up") && lines().count { $0 == "dying" } >= 3), ContinuousClock.now < deadline {
            await Task.yield()
        }
        await supervisor.stop(hurry: Gate())
        let down = lines().filter { $0.hasSuffix("down") }
        #expect(down == ["service down", "store down"])
        #expect(lines().count { $0 == "dying" } >= 3)
        #expect(await !supervisor.isRunning("service"))
    }

    @Test("a service is replaced once its successor is ready, and goes on when that does not become so")
    func replacement() async throws {
        let scratch = Scratch()
        let directory = try DataDirectory(path: scratch.path)
        let (journal, broken) = (directory.file("journal"), directory.file("broken"))
        let script = """
            if [ -n "$READY_FD" ] && [ -e \(broken) ]; then echo no good; exit 3; fi
            trap 'echo down $$ >> \(journal); exit 0' TERM
            echo up $$ >> \(journal)
            [ -n "$READY_FD" ] && { echo ready $$ >> \(journal); echo ready >&4; }
            while :; do echo old says something; sleep 0.001; done
            """
        let service = ProcessSpecification(
            name: "service", role: .service, executable: "/bin/sh", arguments: ["-c", script], environment: Self.environment, port: FreePort.next())
        let supervisor = try Supervisor([service], logs: directory.logs, console: Console(showsServices: false, width: 0), guardian: nil)
        await supervisor.start()
        func lines() -> [String] { ((try? String(contentsOfFile: journal, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init) }
        let deadline = ContinuousClock.now + .seconds(10)
        while lines().isEmpty, ContinuousClock.now < deadline { await Task.yield() }
        await #expect(throws: CommandFailure.self, "not while it starts") { _ = try await supervisor.replace("service", within: .seconds(5)) }
        await supervisor.isReady()

        let done = try await supervisor.replace("service", within: .seconds(5))
        #expect(lines() == ["up \(done.old)", "up \(done.new)", "ready \(done.new)", "down \(done.old)"])
        try Data().write(to: URL(fileURLWithPath: broken))
        let failure = await #expect(throws: CommandFailure.self) { _ = try await supervisor.replace("service", within: .seconds(5)) }
        #expect(failure?.message.hasSuffix("did not become ready, the old one goes on: no good") == true, "\(failure?.message ?? "")")
        #expect(kill(done.new, 0) == 0, "the old one goes on")
        await #expect(throws: CommandFailure.self) { _ = try await supervisor.replace("other", within: .seconds(5)) }
        await supervisor.stop(hurry: Gate())
        #expect(lines().last == "down \(done.new)")
    }

    @Test("what never came up is told with its own last words, as soon as it has ended")
    func lastWords() async throws {
        let scratch = Scratch()
        let directory = try DataDirectory(path: scratch.path)
        let service = ProcessSpecification(
            name: "service", role: .service, executable: "/bin/sh", arguments: ["-c", "echo begun; sleep 0.02; echo REDIS_URL is not allowed >&2; exit 4"],
            environment: Self.environment)
        // What an earlier process left in its log is not it.
        LogFile(path: directory.logs + "/service.log").append(Array("an earlier line".utf8))
        let supervisor = try Supervisor([service], logs: directory.logs, console: Console(showsServices: false, width: 0), guardian: nil)
        await supervisor.start()
        let deadline = ContinuousClock.now + .seconds(10)
        var reason: String?
        while reason == nil, ContinuousClock.now < deadline {
            reason = await supervisor.hopeless("service")
            await Task.yield()
        }
        #expect(reason?.hasSuffix(": REDIS_URL is not allowed") == true, "\(reason ?? "")")
        await supervisor.stop(hurry: Gate())
    }

    @Test("a running up is asked over its socket, whatever the length of its path")
    func control() async throws {
        let scratch = Scratch()
        let directory = try DataDirectory(path: scratch.path + "/" + String(repeating: "long", count: 40))
        let control = try ControlSocket(directory: directory)
        control.serve { words, say async throws(CommandFailure) in
            for word in words { say("heard \(word)") }
            if words.last == "no" { throw CommandFailure(.refused, "would not") }
        }
        func ask(_ request: String) async -> (lines: [String], failure: CommandFailure?) {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    var lines: [String] = []
                    do throws(CommandFailure) {
                        try ControlSocket.ask(request, of: directory.path) { lines.append($0) }
                        continuation.resume(returning: (lines, nil))
                    } catch {
                        continuation.resume(returning: (lines, error))
                    }
                }
            }
        }
        let good = await ask("do this")
        #expect(good.lines == ["heard do", "heard this"] && good.failure == nil)
        #expect(await ask("oh no").failure == CommandFailure(.refused, "would not"))
        control.close()
        #expect(await ask("do this").failure?.status == .unreachable)
    }

    @Test("messages to the guardian are read as they are written", arguments: [GuardMessage.watch(12, isStore: true), .watch(13, isStore: false), .forget(12)])
    func guardMessages(_ message: GuardMessage) {
        #expect(GuardMessage(message.description.dropLast()) == message)
    }

    @Test("what is no message to the guardian ends nobody", arguments: ["", "+store", "+service 0", "+service 1", "- -5", "+service x", "kill 7"])
    func noMessages(_ line: String) { #expect(GuardMessage(line) == nil) }
}
