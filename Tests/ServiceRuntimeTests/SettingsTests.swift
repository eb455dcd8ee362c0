import Foundation
import Synchronization
import Testing

@testable import ServiceRuntime

@Suite struct SettingsTests {
    static let redis = SettingKey.string("REDIS_URL", default: "redis://127.0.0.1", "Ledger.")
    static let batch = SettingKey.integer("BATCH_SIZE", default: 32, in: 1...1_024, "Batch.")
    static let wait = SettingKey.duration("BATCH_TIMEOUT", default: .milliseconds(500), in: .zero ... .seconds(60), "Wait.")
    static let cache = SettingKey.bytes("MEMORY_CACHE_SIZE", default: 64 << 20, in: 1...(1 << 40), "Cache.")
    static let porch = SettingKey.flag("PORCH_ENABLED", default: false, "Porch.")
    static let provider = SettingKey.choice("LLM_PROVIDER", default: "embedded", of: ["embedded", "openai"], "Provider.")
    static let key = SettingKey.secret("LLM_API_KEY", "Key.")
    static let a1 = SettingKey.list("A1_URL", "RICs.")
    static let budget = SettingKey.number("BUDGET", default: 0.2, in: 0...1, "Budget.")
    static let url = SettingKey.url("A1_PMS_URL", "PMS.")
    static let all = [
        redis.declaration, batch.declaration, wait.declaration, cache.declaration, porch.declaration, provider.declaration, key.declaration, a1.declaration,
        budget.declaration, url.declaration, CommonSettings.configFile.declaration, CommonSettings.logLevel.declaration,
    ]

    func settings(_ arguments: [String] = [], _ environment: [String: String] = [:]) throws -> Settings {
        try Settings(service: "llm-processor", declarations: Self.all, arguments: arguments, environment: environment)
    }

    func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString).yaml").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    @Test("defaults < file < environment < command line")
    func precedence() throws {
        #expect(try self.settings()[Self.batch] == 32)
        try self.withFile("batchSize: 1\nbatch_timeout: 2s\nredis: {url: redis://file}\n") { path in
            let settings = try self.settings(["--config", path, "--redis-url=redis://flag"], ["BATCH_SIZE": "3", "REDIS_URL": "redis://env"])
            #expect(settings[Self.batch] == 3 && settings[Self.wait] == .seconds(2) && settings[Self.redis] == "redis://flag")
            #expect(settings.isSet(Self.batch) && !settings.isSet(Self.cache))
        }
    }

    @Test("every type reads what operators write")
    func types() throws {
        let settings = try self.settings(
            ["--porch-enabled", "--a1-url", "ric1=http://a, ric2=http://b,"],
            ["MEMORY_CACHE_SIZE": "512MB", "LLM_PROVIDER": "OpenAI", "BUDGET": "0.5", "A1_PMS_URL": "http://pms", "LLM_API_KEY": "k"]
        )
        #expect(settings[Self.porch] && settings[Self.a1] == ["ric1=http://a", "ric2=http://b"] && settings[Self.cache] == 512 << 20)
        #expect(settings[Self.provider] == "openai" && settings[Self.budget] == 0.5 && settings[Self.url] == "http://pms" && settings[Self.key] == "k")
    }

    @Test(
        "what is not allowed is one line with key, value and what is",
        arguments: [
            ("BATCH_SIZE", "0", "BATCH_SIZE=\"0\" (environment) is not allowed; allowed: integer 1…1024"),
            ("BATCH_SIZE", "many", "BATCH_SIZE=\"many\" (environment) is not allowed; allowed: integer 1…1024"),
            ("BATCH_TIMEOUT", "2m", "BATCH_TIMEOUT=\"2m\" (environment) is not allowed; allowed: duration such as 500ms, 30s, 1h, 0ms…1m"),
            ("PORCH_ENABLED", "maybe", "PORCH_ENABLED=\"maybe\" (environment) is not allowed; allowed: true or false"),
            ("LLM_PROVIDER", "oracle", "LLM_PROVIDER=\"oracle\" (environment) is not allowed; allowed: one of embedded, openai"),
            ("A1_PMS_URL", "ftp://x", "A1_PMS_URL=\"ftp://x\" (environment) is not allowed; allowed: http:// or https:// URL"),
        ])
    func refused(_ key: String, _ value: String, _ line: String) {
        let error = #expect(throws: InvalidSetting.self) { try self.settings([], [key: value]) }
        #expect(error?.description == line)
    }

    @Test("what is wrong with a setting that there is does not sound as if there were none")
    func reasons() {
        #expect(
            InvalidSetting(key: "KUBECONFIG", reason: "/nosuch: there is no such file").description
                == "KUBECONFIG cannot be used: /nosuch: there is no such file")
        #expect(InvalidSetting(key: "A", value: "", allowed: "text").description == #"A="" is not allowed; allowed: text"#)
        #expect(InvalidSetting(unknown: "--a", allowed: "--b", source: "command line").description == "--a (command line) is not a setting; allowed: --b")
    }

    @Test("unknown flags and words are refused", arguments: [["--nonsense", "1"], ["stray"], ["--batch-size", "1", "stray"]])
    func unknownFlags(_ arguments: [String]) {
        let error = #expect(throws: InvalidSetting.self) { try self.settings(arguments) }
        #expect(error?.source == "command line" && error?.description.contains("is not a setting") == true)
    }

    @Test("unknown keys of the file are refused, those of other services are not ours")
    func unknownKeys() throws {
        try self.withFile("batchsizes: 1") { path in
            let error = #expect(throws: InvalidSetting.self) { try self.settings(["--config", path]) }
            #expect(error?.key == "batchsizes" && error?.source == path && error?.allowed.contains("BATCH_SIZE") == true)
        }
        try self.withFile("gitBranch: main\nweaviate: {url: http://w}\nllm-processor: {batchSize: 7}\nrag-api: {anything: 1}\n") { path in
            let settings = try self.settings(["--config", path])
            #expect(settings[Self.batch] == 7)
        }
        for text in ["- a\n", "a: [\n", "batchSize: [{a: 1}]\n"] {
            try self.withFile(text) { path in
                let error = #expect(throws: InvalidSetting.self) { try self.settings(["--config", path]) }
                #expect(error?.description.contains("\n") == false)
            }
        }
        try self.withFile("# nothing\n") { path in
            let settings = try self.settings(["--config", path])
            #expect(settings[Self.batch] == 32)
        }
        #expect(throws: InvalidSetting.self) { try self.settings(["--config", "/does/not/exist"]) }
    }

    @Test("a secret comes from a file and is never shown")
    func secrets() throws {
        try self.withFile("hunter2\n") { path in
            let settings = try self.settings([], ["LLM_API_KEY_FILE": path])
            #expect(settings[Self.key] == "hunter2")
            #expect(settings.summary.first { $0.name == "LLM_API_KEY" }?.value == "***")
            #expect(!settings.summary.contains { $0.value.contains("hunter2") })
        }
        let error = #expect(throws: InvalidSetting.self) { try self.settings([], ["LLM_API_KEY_FILE": "/does/not/exist"]) }
        #expect(error?.key == "LLM_API_KEY_FILE")
    }

    @Test("a secret that has a form is held to it in its file, too: at the start, and when the file changes")
    func secretsOfAForm() throws {
        func settings(_ path: String) throws -> Settings {
            try Settings(
                service: "llm-processor", declarations: TraceSettings.declarations, arguments: [], environment: ["OTEL_EXPORTER_OTLP_HEADERS_FILE": path])
        }
        try self.withFile("authorization=Bearer%20one\n") { path in
            let settings = try settings(path)
            #expect(settings.watchedFiles == [path])
            try "authorization=Bearer%20two".write(toFile: path, atomically: true, encoding: .utf8)
            try settings.reload()
            #expect(settings[TraceSettings.headers] == "authorization=Bearer%20two")
            try "no header: secret-word".write(toFile: path, atomically: true, encoding: .utf8)
            let error = #expect(throws: InvalidSetting.self) { try settings.reload() }
            #expect(error.map { !"\($0)".contains("secret-word") } == true)
            #expect(settings[TraceSettings.headers] == "authorization=Bearer%20two")
        }
        try self.withFile("no header") { path in _ = #expect(throws: InvalidSetting.self) { try settings(path) } }
    }

    @Test("a file that changes is read again, a wrong one changes nothing")
    func reload() throws {
        try self.withFile("batchSize: 1") { path in
            let settings = try self.settings(["--config", path], [:])
            let seen = Counter()
            settings.onReload { _ in seen.add() }
            try settings.reload()
            #expect(seen.count == 0)
            try "batchSize: 2".write(toFile: path, atomically: true, encoding: .utf8)
            try settings.reload()
            #expect(settings[Self.batch] == 2 && seen.count == 1)
            try "batchSize: many".write(toFile: path, atomically: true, encoding: .utf8)
            #expect(throws: InvalidSetting.self) { try settings.reload() }
            #expect(settings[Self.batch] == 2 && seen.count == 1)
        }
    }

    @Test("what must not be told: secrets, passwords in addresses, values of headers, and nothing else")
    func untold() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID().uuidString)").path
        try "sk-in-a-file\n".write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let settings = try Settings(
            service: "test", declarations: Self.all + [TraceSettings.headers.declaration],
            environment: [
                "LLM_API_KEY_FILE": file, "REDIS_URL": "redis://ledger:p%40ss-word@r:1", "A1_URL": "a=http://u:first-one@x,b=http://v:second@y/z,c=http://w",
                "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20of-the-collector,x-scope=north", "BATCH_SIZE": "7",
            ])
        #expect(
            Set(settings.secrets) == ["sk-in-a-file", "p%40ss-word", "p@ss-word", "first-one", "second", "Bearer of-the-collector", "north"])
        try "sk-of-tomorrow\n".write(toFile: file, atomically: true, encoding: .utf8)
        try settings.reload()
        #expect(settings.secrets.contains("sk-of-tomorrow"))
    }

    @Test("a directory is a mounted ConfigMap: a file a setting, YAML files beside them, hidden ones left alone; replaced values are read again")
    func directory() throws {
        let directory = NSTemporaryDirectory() + "settings-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory + "/..data", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        func write(_ text: String, _ name: String) throws { try text.write(toFile: directory + "/" + name, atomically: true, encoding: .utf8) }
        try write("7\n", "batch_size")
        try write("llm-processor:\n  redisUrl: redis://elsewhere\n", "more.yaml")
        let settings = try self.settings(["--config", directory], [:])
        #expect(settings[Self.batch] == 7 && settings[Self.redis] == "redis://elsewhere")
        try write("8", "batch_size")
        try settings.reload()
        #expect(settings[Self.batch] == 8)
        try write("many", "batch_size")
        #expect(throws: InvalidSetting.self) { try settings.reload() }
        try write("9", "batch_size")
        #expect(try self.settings(["--config", directory], [:])[Self.batch] == 9)
        try write("1", "no_such_setting")
        #expect(throws: InvalidSetting.self) { try self.settings(["--config", directory], [:]) }
    }

    @Test(
        "durations and sizes",
        arguments: [
            ("500ms", "500ms"), ("30", "30s"), ("1.5s", "1500ms"), ("90s", "90s"), ("2h", "2h"), ("1d", "1d"), ("0", "0ms"), ("-1s", nil), ("1 fortnight", nil),
            ("", nil), ("1000000d", "1000000d"), ("60300810913d", nil), ("1e300h", nil), ("inf", nil), ("nan", nil),
        ] as [(String, String?)])
    func durations(_ text: String, _ formatted: String?) { #expect(DurationText.parse(text).map(DurationText.format) == formatted) }

    @Test(
        "sizes",
        arguments: [("512MB", "512MiB"), ("64MiB", "64MiB"), ("1g", "1GiB"), ("4096", "4KiB"), ("1.5K", "1536B"), ("12", "12B"), ("x", nil), ("-1", nil)]
            as [(String, String?)])
    func sizes(_ text: String, _ formatted: String?) { #expect(ByteSize.parse(text).map(ByteSize.format) == formatted) }

    @Test("help names every setting with its default and what it takes")
    func help() {
        let help = Settings.help(service: "llm-processor", declarations: Self.all)
        for declaration in Self.all { #expect(help.contains(declaration.name.description) && help.contains(declaration.documentation)) }
        #expect(help.contains("BATCH_SIZE  (integer 1…1024, default 32)"))
    }
}

/// Counts calls from any thread.
final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    func add() { self.value.wrappingAdd(1, ordering: .relaxed) }
    var count: Int { self.value.load(ordering: .relaxed) }
}
