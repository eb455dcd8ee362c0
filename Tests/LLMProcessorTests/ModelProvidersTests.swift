@testable import IntentLanguage
import Foundation
import HTTPFetch
import IntentModel
import JSONSchema
import RedisClient
import Resilience
import Synchronization
import ServiceRuntime
import Telemetry
import TestSupport
import Testing

@testable import LLMProcessor

/// Several providers, what they cost, and several sentences at once.
@Suite struct ModelProvidersTests {
    private static func reading(_ replicas: Int, _ function: String = "AMF") -> String {
        #"{"decision":"accepted","expectations":[{"verb":"scale","kind":"NetworkFunction","type":"\#(function)","evidence":"\#(function)","targets":[{"attribute":"replicas","condition":"equals","value":\#(replicas),"evidence":"\#(replicas)"}]}]}"#
    }
    private static let request = InterpretationRequest(intent: "Scale the AMF to 5 replicas")

    private func provider(
        _ fake: FakeModelServer, _ name: String, budget: DailyBudget? = nil, _ change: (inout ModelSettings) -> Void = { _ in },
        guards: (inout Upstream.Configuration) -> Void = { _ in }
    ) throws -> OpenAIInterpreter {
        var settings = ModelSettings(provider: name, baseURL: fake.baseURL, model: "fake")
        settings.timeout = .seconds(5)
        change(&settings)
        var configuration = Upstream.Configuration()
        configuration.attempts = 2
        configuration.hedge.isEnabled = false
        configuration.timeout = .seconds(5)
        guards(&configuration)
        return OpenAIInterpreter(
            settings: settings, prompt: try Prompt.load(), fetcher: HTTPFetcher(), upstream: Upstream(name, configuration), budget: budget)
    }

    // MARK: Failover

    @Test("the next provider answers when the first does not, and the answer says why", arguments: [500, 429, 503])
    func failover(status: Int) async throws {
        let (first, second) = (try await FakeModelServer.start(standard: .status(status)), try await FakeModelServer.start(standard: .content(Self.reading(5))))
        let model = FailoverInterpreter([try self.provider(first, "first"), try self.provider(second, "second")])
        let result = try await model.interpret(Self.request, passages: [])
        #expect(result.provenance.interpreter == "second")
        #expect(result.provenance.notes?.count == 1)
        #expect(result.provenance.notes?.first?.hasPrefix("first/fake: ") == true)
        await first.stop()
        await second.stop()
    }

    @Test("a provider that quotes the key of another, or one that was replaced, is not quoted with it")
    func quoted() async throws {
        for secret in ["sk-of-another-provider-77", "sk-replaced-long-ago-88"] { KnownSecrets.shared.add(secret) }
        // So long that a cut before would leave a part of it.
        let words = "wrong: sk-of-another-provider-77, " + String(repeating: "x", count: 150) + " sk-replaced-long-ago-88"
        let (first, second) = (
            try await FakeModelServer.start(standard: .status(500, message: words)), try await FakeModelServer.start(standard: .content(Self.reading(5)))
        )
        let model = FailoverInterpreter([try self.provider(first, "first"), try self.provider(second, "second")])
        let notes = try await model.interpret(Self.request, passages: []).provenance.notes?.joined() ?? ""
        #expect(notes.contains("wrong: [redacted], xxx") && !notes.contains("sk-"), "\(notes)")
        await first.stop()
        await second.stop()
    }

    @Test("nonsense fails over, too, and when nobody answers all reasons are told in their order")
    func nobody() async throws {
        let (first, second) = (try await FakeModelServer.start(standard: .content("no")), try await FakeModelServer.start(standard: .status(500)))
        let model = FailoverInterpreter([try self.provider(first, "first"), try self.provider(second, "second")])
        await #expect { try await model.interpret(Self.request, passages: []) } throws: { error in
            guard case .all(let reasons) = error as? ModelError else { return false }
            return reasons.count == 2 && reasons[0].hasPrefix("first/") && reasons[1].hasPrefix("second/")
        }
        await first.stop()
        await second.stop()
    }

    @Test("a provider that refuses the key rests", arguments: [401, 403, 404])
    func coolDown(status: Int) async throws {
        let (first, second) = (try await FakeModelServer.start(standard: .status(status)), try await FakeModelServer.start(standard: .content(Self.reading(5))))
        let providers = [try self.provider(first, "first"), try self.provider(second, "second")]
        let resting = FailoverInterpreter(providers, coolDown: .seconds(3_600))
        for _ in 0..<3 { #expect(try await resting.interpret(Self.request, passages: []).provenance.interpreter == "second") }
        #expect(first.requests.count == 1)
        let restless = FailoverInterpreter(providers, coolDown: .zero)
        for _ in 0..<3 { #expect(try await restless.interpret(Self.request, passages: []).provenance.interpreter == "second") }
        #expect(first.requests.count == 4)
        await first.stop()
        await second.stop()
    }

    @Test("all providers together have the total time, however many they are")
    func totalTimeout() async throws {
        let slow = try await FakeModelServer.start(standard: .slow(.seconds(30), Self.reading(5)))
        let model = FailoverInterpreter(try (0..<5).map { try self.provider(slow, "p\($0)") }, timeout: .milliseconds(300))
        let start = ContinuousClock.now
        await #expect(throws: ModelError.self) { try await model.interpret(Self.request, passages: []) }
        #expect(start.duration(to: .now) < .seconds(5), "each of them alone has five seconds")
        await slow.stop()
    }

    @Test("what was certainly not taken is asked again, once, and nothing else is")
    func retries() async throws {
        let fake = try await FakeModelServer.start(standard: .content(Self.reading(5)))
        fake.answer(.status(503))
        #expect(try await self.provider(fake, "p").interpret(Self.request, passages: []).provenance.tokens == 1_000)
        #expect(fake.requests.count == 2)
        fake.answer(.status(500))
        await #expect(throws: ModelError.self) { try await self.provider(fake, "p").interpret(Self.request, passages: []) }
        #expect(fake.requests.count == 3)
        await fake.stop()
    }

    // MARK: Money

    /// A million dollars for a million tokens: a token a dollar.
    private static let dear: @Sendable (inout ModelSettings) -> Void = {
        $0.price = ModelPrice(prompt: 1_000_000, completion: 1_000_000)
        $0.maxTokens = 100
    }

    @Test("when the day's budget is used up nothing is sent, and a provider without a price still is")
    func budget() async throws {
        let fake = try await FakeModelServer.start(standard: .content(Self.reading(5)))
        // A question is some thousand bytes: about 4,000 tokens are set aside for it; 1,000 are charged.
        let budget = DailyBudget(usd: 6_500, redis: nil, today: { 20_000 })
        let model = try self.provider(fake, "paid", budget: budget, Self.dear)
        _ = try await model.interpret(Self.request, passages: [])
        #expect(budget.spent == 1_000)
        var refused = 0
        for _ in 0..<10 { do { _ = try await model.interpret(Self.request, passages: []) } catch ModelError.overBudget { refused += 1 } }
        #expect(refused > 0)
        #expect(budget.spent <= 6_500)
        #expect(fake.requests.count == 11 - refused)

        let free = FailoverInterpreter([model, try self.provider(fake, "free", budget: budget)])
        let result = try await free.interpret(Self.request, passages: [])
        #expect(result.provenance.interpreter == "free")
        #expect(result.provenance.notes == ["paid/fake: the day's budget is used up."])
        await fake.stop()
    }

    @Test("a new day has a new budget")
    func days() async throws {
        let day = Calendar()
        let budget = DailyBudget(usd: 1, redis: nil, today: { day.today })
        #expect(await budget.reserve(usd: 0.9) != nil)
        #expect(await budget.reserve(usd: 0.9) == nil)
        day.next()
        #expect(budget.spent == 0)
        #expect(await budget.reserve(usd: 0.9) != nil)
    }

    @Test("instances share the budget, and a restart forgets nothing")
    func sharedBudget() async throws {
        let server = try await RedisServer.start(appendOnly: false)
        func instance() async throws -> DailyBudget {
            let redis = RedisClient(try RedisConfiguration(url: server.url), label: "cache")
            // The budget waits for Redis only briefly: it is to find a connection.
            _ = try await redis.send(RedisCommand("PING"), timeout: .seconds(20))
            return DailyBudget(usd: 10, redis: redis, today: { 20_000 })
        }
        let (one, other) = (try await instance(), try await instance())
        let first = try #require(await one.reserve(usd: 4))
        await one.settle(first, usd: 3)
        #expect(await other.reserve(usd: 6) != nil)
        #expect(await one.reserve(usd: 2) == nil, "3 spent and 6 set aside by the other")
        #expect(one.isShared && other.isShared)
        #expect(abs(other.spent - 9) < 1e-6)
        let third = try await instance()
        #expect(await third.reserve(usd: 2) == nil, "a new process knows it, too")
        server.stop()
    }

    @Test("without Redis each counts alone, says so, and tells what it spent when Redis is back")
    func budgetAlone() async throws {
        let port = try FreePort.next()
        let redis = RedisClient(try RedisConfiguration(url: "redis://127.0.0.1:\(port)"), label: "cache")
        let budget = DailyBudget(usd: 10, redis: redis, today: { 20_000 })
        #expect(await budget.reserve(usd: 4) != nil)
        #expect(!budget.isShared)
        #expect(await budget.reserve(usd: 7) == nil)
        #expect(budget.spent == 4)
    }

    @Test("what was spent alone is added to what the others spent")
    func book() {
        var book = BudgetBook()
        book.begin(1)
        book.addAlone(5, on: 1)
        #expect(book.takeUnshared() == 5)
        book.learn(105, on: 1)
        #expect(book.spent == 105)
        book.addAlone(5, on: 2)
        #expect(book.spent == 105, "another day's")
        book.begin(2)
        #expect(book.spent == 0 && book.unshared == 0)
    }

    @Test("the tokens of an answer of no use are counted and paid all the same")
    func paidForNothing() async throws {
        let fake = try await FakeModelServer.start(standard: .cutOff("{"))
        let budget = DailyBudget(usd: 1_000_000, redis: nil, today: { 20_000 })
        let model = try self.provider(fake, "paid", budget: budget, Self.dear)
        await #expect(throws: ModelError.malformed("cut off")) { try await model.interpret(Self.request, passages: []) }
        #expect(budget.spent == 1_000)
        // One that was sent and never answered may have been read: its question is counted.
        fake.setStandard(.slow(.seconds(30), ""))
        let late = try self.provider(
            fake, "late", budget: budget,
            {
                Self.dear(&$0); $0.timeout = .milliseconds(100)
            })
        await #expect(throws: ModelError.timedOut) { try await late.interpret(Self.request, passages: []) }
        #expect(budget.spent > 1_500)
        await fake.stop()
    }

    // MARK: Several sentences

    /// A model that reads all requests of a batch: the number of replicas stands in each.
    private static let batchReader = FakeModelServer.Reply.made { body in
        let question = body["messages"]?[1]?["content"]?.string ?? ""
        let parts = question.components(separatedBy: "<request id=\"").dropFirst()
        let answers = parts.map { part -> String in
            let id = part.prefix { $0 != "\"" }
            let number = part.components(separatedBy: " replicas").first?.split(separator: " ").last.flatMap { Int($0) } ?? 0
            return #"{"id":\#(id),"answer":\#(Self.reading(number))}"#
        }
        return parts.isEmpty ? Self.reading(5) : "{\"answers\":[\(answers.reversed().joined(separator: ","))]}"
    }

    private func ask(_ model: OpenAIInterpreter, _ range: ClosedRange<Int>, tenant: @escaping @Sendable (Int) -> String? = { _ in nil }) async -> [Int: Result<
        Interpretation, any Error
    >] {
        await withTaskGroup(of: (Int, Result<Interpretation, any Error>).self) { group in
            for number in range {
                group.addTask {
                    let request = InterpretationRequest(intent: "Scale the AMF to \(number) replicas", tenant: tenant(number))
                    do { return (number, .success(try await model.interpret(request, passages: []))) } catch { return (number, .failure(error)) }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    @Test("sentences that come together are one request, and each gets its own answer and its share of the price")
    func batch() async throws {
        let fake = try await FakeModelServer.start(standard: Self.batchReader)
        let model = try self.provider(fake, "p") {
            $0.batching = .init(size: 8, timeout: .seconds(60))
            $0.price = ModelPrice(prompt: 1, completion: 1)
        }
        let answers = await self.ask(model, 1...16)
        #expect(fake.requests.count == 2)
        var tokens = 0
        for (number, answer) in answers {
            let interpretation = try answer.get()
            #expect(interpretation.expectations.first?.target("replicas")?.value == .number(Double(number)))
            tokens += interpretation.provenance.tokens ?? 0
        }
        #expect(tokens == 2_000, "shared out to the last one")
        #expect(fake.requests.first?["messages"]?[0]?["content"]?.string?.contains("Several sentences at once") == true)
        await fake.stop()
    }

    @Test("a lone sentence waits for its time and is asked about in the ordinary way")
    func lone() async throws {
        let fake = try await FakeModelServer.start(standard: .content(Self.reading(5)))
        let model = try self.provider(fake, "p") { $0.batching = .init(size: 8, timeout: .milliseconds(20)) }
        #expect(try await model.interpret(Self.request, passages: []).expectations.count == 1)
        #expect(fake.requests.first?["messages"]?[0]?["content"]?.string?.contains("Several sentences at once") == false)
        await fake.stop()
    }

    @Test("sentences of different tenants are never shown to a model together")
    func lanes() async throws {
        let fake = try await FakeModelServer.start(standard: Self.batchReader)
        let model = try self.provider(fake, "p") { $0.batching = .init(size: 4, timeout: .seconds(60)) }
        let answers = await self.ask(model, 1...8) { $0 % 2 == 0 ? "north" : "south" }
        #expect(answers.values.allSatisfy { (try? $0.get()) != nil })
        #expect(fake.requests.count == 2)
        for request in fake.requests {
            let numbers = (request["messages"]?[1]?["content"]?.string ?? "").components(separatedBy: " replicas").dropLast()
                .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
            #expect(Set(numbers.map { $0 % 2 }).count == 1, "\(numbers)")
        }
        await fake.stop()
    }

    @Test("a bad part of a batch spoils no other: one missing, one twice, one that breaks the schema")
    func badParts() async throws {
        let fake = try await FakeModelServer.start(
            standard: .made { _ in
                let answers = [
                    #"{"id":1,"answer":\#(Self.reading(1))}"#, #"{"id":2,"answer":\#(Self.reading(2))}"#, #"{"id":2,"answer":\#(Self.reading(9))}"#,
                    #"{"id":3,"answer":{"decision":"accepted","expectations":[{"verb":"explode"}]}}"#, #"{"id":99,"answer":\#(Self.reading(4))}"#,
                ]
                return "{\"answers\":[\(answers.joined(separator: ","))]}"
            })
        let model = try self.provider(fake, "p") { $0.batching = .init(size: 4, timeout: .seconds(60)) }
        let answers = await self.ask(model, 1...4)
        #expect(answers.values.filter { (try? $0.get()) != nil }.count == 1)
        #expect(
            answers.values.allSatisfy { if case .failure(let error) = $0, case .malformed? = error as? ModelError { true } else { (try? $0.get()) != nil } })
        await fake.stop()
    }

    @Test("the queue runs what is full, or what has waited, once")
    func queue() {
        var queue = BatchQueue<Int>(size: 3)
        guard case .startTimer(let first) = queue.add(1), case .wait = queue.add(2) else {
            Issue.record("the first of a batch starts its timer")
            return
        }
        #expect(queue.remove { $0 == 2 } == 2)
        _ = queue.add(3)
        if case .run(let entries) = queue.add(4) { #expect(entries == [1, 3, 4]) } else { Issue.record("three are a batch") }
        #expect(queue.timeUp(first).isEmpty, "that batch has gone")
        guard case .startTimer(let second) = queue.add(5) else {
            Issue.record("a new batch has a new timer")
            return
        }
        #expect(queue.timeUp(second) == [5])
        #expect(queue.isEmpty)
    }

    @Test("who gives up while a batch is collected is taken out of it")
    func cancelled() async throws {
        let fake = try await FakeModelServer.start(standard: Self.batchReader)
        let model = try self.provider(fake, "p") { $0.batching = .init(size: 2, timeout: .seconds(60)) }
        let first = Task { try await model.interpret(InterpretationRequest(intent: "Scale the AMF to 7 replicas"), passages: []) }
        first.cancel()
        await #expect(throws: ModelError.self) { _ = try await first.value }
        await fake.stop()
    }

    // MARK: Configuration

    private func list(_ text: String) throws -> ModelList {
        let directory = try TemporaryDirectory()
        let path = directory.file("models.yaml")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        var first = ModelSettings(baseURL: "http://127.0.0.1", model: "m", apiKey: "key-of-the-first")
        first.timeout = .seconds(7)
        return try ModelList(path: path, first: .init(settings: first, maxConcurrent: 9), batching: .init())
    }

    @Test("a list of providers is read, and what it does not say is as for the first, but for key and price")
    func providers() throws {
        let list = try self.list(
            """
            providers:
              - {name: backup, baseURL: "https://models.example.org/v1", model: small-2, timeout: 5s, maxConcurrent: 20, batching: true, streaming: true}
              - {name: local, baseURL: "http://127.0.0.1:9/v1", model: tiny}
            """)
        #expect(list.providers.map(\.settings.provider) == ["backup", "local"])
        #expect(list.providers[0].settings.timeout == .seconds(5))
        #expect(list.providers[0].settings.batching == .init() && list.providers[0].settings.streams)
        #expect(list.providers[0].maxConcurrent == 20)
        #expect(list.providers[1].settings.timeout == .seconds(7))
        #expect(list.providers[1].maxConcurrent == 9)
        #expect(list.providers.allSatisfy { $0.settings.apiKey() == nil }, "a key goes to nobody but whose it is")
    }

    @Test("the key of a provider is what its file holds now, and a file that is gone changes nothing")
    func keys() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("key")
        try "one\n".write(toFile: path, atomically: true, encoding: .utf8)
        let list = try self.list("providers: [{name: backup, baseURL: \"http://127.0.0.1:9/v1\", model: m, apiKeyFile: \(path)}]")
        #expect(list.keys.map(\.path) == [path] && list.providers[0].settings.apiKey() == "one")
        try "two\n".write(toFile: path, atomically: true, encoding: .utf8)
        try list.keys[0].reload()
        #expect(list.providers[0].settings.apiKey() == "two")
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: InvalidSetting.self) { try list.keys[0].reload() }
        #expect(list.providers[0].settings.apiKey() == "two")
    }

    @Test(
        "what is wrong with a list is said with its place",
        arguments: [
            ("providers: 3", "providers"), ("other: []", "providers"), ("providers: [{name: A, baseURL: http://x, model: m}]", "providers[0].name"),
            ("providers: [{name: openai, baseURL: http://x, model: m}]", "providers[0].name"), ("providers: [{name: a, model: m}]", "providers[0].baseURL"),
            ("providers: [{name: a, baseURL: ftp://x, model: m}]", "providers[0].baseURL"),
            ("providers: [{name: a, baseURL: http://x, model: m, colour: 1}]", "providers[0].colour"),
            ("providers: [{name: a, baseURL: http://x, model: m, timeout: soon}]", "providers[0].timeout"),
            ("providers: [{name: a, baseURL: http://x, model: m, apiKeyFile: /nowhere/key}]", "providers[0].apiKeyFile"),
            ("providers: [{name: a, baseURL: http://x, model: m, maxConcurrent: 0}]", "providers[0].maxConcurrent"), ("providers: [", "YAML"),
        ])
    func invalidProviders(_ text: String, _ place: String) throws {
        #expect { try self.list(text) } throws: { error in "\(error)".contains("LLM_FALLBACKS") && "\(error)".contains(place) }
    }

    @Test("prices are found by provider and model, then by model")
    func prices() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("prices.yaml")
        try "prices:\n  - {model: small, prompt: 0.15, completion: 0.6}\n  - {provider: backup, model: small, prompt: 2, completion: 8}\n".write(
            toFile: path, atomically: true, encoding: .utf8)
        let table = try PriceTable(path: path)
        #expect(table.price(of: ModelSettings(baseURL: "", model: "small")) == ModelPrice(prompt: 0.15, completion: 0.6))
        #expect(table.price(of: ModelSettings(provider: "backup", baseURL: "", model: "small")) == ModelPrice(prompt: 2, completion: 8))
        #expect(table.price(of: ModelSettings(baseURL: "", model: "large")) == nil)
        try "prices: [{model: small, prompt: -1, completion: 0}]".write(toFile: path, atomically: true, encoding: .utf8)
        #expect { try PriceTable(path: path) } throws: { "\($0)".contains("prices[0].prompt") }
    }
}

/// A day that the test turns.
private final class Calendar: Sendable {
    private let day = Mutex(20_000)
    var today: Int { self.day.withLock { $0 } }
    func next() { self.day.withLock { $0 += 1 } }
}
