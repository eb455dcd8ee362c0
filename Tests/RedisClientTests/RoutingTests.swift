import TestSupport
import Testing

@testable import RedisClient

/// The pure parts of routing.
@Suite struct RoutingTests {
    @Test(
        "a key's slot is the checksum of its hash tag",
        arguments: [
            ("123456789", 0x31c3), ("foo", 12182), ("", 0), ("{user1000}.following", HashSlot.of("user1000".utf8)),
            ("foo{}{bar}", HashSlot.of("foo{}{bar}".utf8)), ("foo{{bar}}zap", HashSlot.of("{bar".utf8)), ("foo{bar}{zap}", HashSlot.of("bar".utf8)),
            ("{open", HashSlot.of("{open".utf8)),
        ])
    func slots(key: String, slot: Int) { #expect(HashSlot.of(key.utf8) == slot) }

    static let asked = RedisConfiguration.Endpoint.tcp(host: "asked", port: 1)

    @Test(
        "a reply that says the command was not executed says where to go, or to wait",
        arguments: [
            ("MOVED 3999 10.0.0.1:6381", .moved(slot: 3999, to: .tcp(host: "10.0.0.1", port: 6381))),
            ("MOVED 3999 :6381", .moved(slot: 3999, to: .tcp(host: "asked", port: 6381))),
            ("MOVED 3999 ?:6381", .moved(slot: 3999, to: .tcp(host: "asked", port: 6381))),
            ("MOVED 3999 fd00::1:6381", .moved(slot: 3999, to: .tcp(host: "fd00::1", port: 6381))),
            ("ASK 3999 node-2:6381", .ask(.tcp(host: "node-2", port: 6381))),
            ("TRYAGAIN Multiple keys request during rehashing of slot", .tryAgain),
            ("CLUSTERDOWN The cluster is down", .unable),
            ("LOADING Redis is loading the dataset in memory", .unable),
            ("MASTERDOWN Link with MASTER is down", .unable),
            ("READONLY You can't write against a read only replica.", .unable),
            ("WRONGTYPE Operation against a key", nil),
            ("MOVED", nil), ("MOVED x y", nil), ("MOVED 1 host:port", nil), ("MOVEDTO 1 a:1", nil),
        ] as [(String, Redirect?)])
    func redirects(message: String, redirect: Redirect?) {
        #expect(Redirect(.error(message), from: Self.asked) == redirect)
    }

    @Test("a text that only looks like a redirection is a reply")
    func noRedirect() { #expect(Redirect(.status("MOVED 1 a:1"), from: nil) == nil) }

    @Test("a transaction was not executed when it was aborted, for the first reason given")
    func transactions() {
        let ask = RedisValue.error("ASK 1 a:1")
        let aborted = RedisValue.error("EXECABORT Transaction discarded because of previous errors.")
        func redirect(_ replies: [RedisValue]) -> Redirect? { Redirect(transaction: replies[...], from: nil) }
        #expect(redirect([.status("OK"), .status("QUEUED"), ask, aborted]) == .ask(.tcp(host: "a", port: 1)))
        #expect(redirect([.status("OK"), .status("QUEUED"), .error("TRYAGAIN now")]) == .tryAgain)
        #expect(redirect([.status("OK"), .error("ERR unknown command"), aborted]) == nil)
        // Executed: an error of one of its commands is that command's own.
        #expect(redirect([.status("OK"), .status("QUEUED"), .array([.error("READONLY of a script")])]) == nil)
    }

    @Test("the slot table is read from what a node says, with the host left out where it is the node's own")
    func slotTable() throws {
        func node(_ host: RedisValue, _ port: Int64) -> RedisValue { .array([host, .integer(port), .bytes(Array("id".utf8))]) }
        let reply = RedisValue.array([
            .array([.integer(0), .integer(99), node(.bytes(Array("a".utf8)), 1), node(.bytes(Array("r".utf8)), 9)]),
            .array([.integer(100), .integer(199), node(.null, 2)]),
            .array([.integer(300), .integer(300), node(.bytes(Array("a".utf8)), 1)]),
        ])
        var map = try #require(SlotMap(clusterSlots: reply, asked: Self.asked))
        #expect(map.primaries == [.tcp(host: "a", port: 1), .tcp(host: "asked", port: 2)])
        #expect([0, 99, 100, 199, 200, 300].map { map.owner(of: $0) } == [0, 0, 1, 1, nil, 0])
        map.assign(200, to: .tcp(host: "new", port: 3))
        #expect(map[200] == .tcp(host: "new", port: 3) && map.primaries.count == 3)
        #expect(SlotMap(clusterSlots: .array([]), asked: nil) == nil)
        #expect(SlotMap(clusterSlots: .array([.array([.integer(0), .integer(20_000), node(.null, 2)])]), asked: Self.asked) == nil)
    }

    @Test("pauses grow, end before the deadline, and hops between servers are counted between them")
    func patience() {
        let start = MonotonicTime(nanoseconds: 0)
        var patience = Patience(until: start + .seconds(1))
        let pauses = (0..<6).map { _ in patience.pause(now: start, random: 1) }
        #expect(pauses == [5, 10, 20, 40, 80, 100].map { .milliseconds($0) })
        let last = patience.pause(now: start + .milliseconds(950), random: 1)
        #expect(last == nil)
        let hops = (0..<4).map { _ in patience.mayHop() }
        #expect(hops == [true, true, true, false])
        _ = patience.pause(now: start, random: 1)
        let mayHopAgain = patience.mayHop()
        #expect(mayHopAgain)
    }

    @Test("a pipeline is cut into commands and transactions, each with its slot")
    func units() throws {
        let pipeline = [
            RedisCommand("SET", "foo", 1), RedisCommand("MULTI"), RedisCommand("SET", "{bar}1", 1), RedisCommand("SET", "{bar}2", 1), RedisCommand("EXEC"),
            RedisCommand("PING"),
        ]
        let bar = HashSlot.of("bar".utf8)
        #expect(
            try PipelineUnit.units(of: pipeline, isSharded: true) == [
                PipelineUnit(commands: 0..<1, slot: 12182), PipelineUnit(commands: 1..<5, slot: bar), PipelineUnit(commands: 5..<6, slot: nil),
            ])
        #expect(try PipelineUnit.units(of: Array(pipeline[1..<3]), isSharded: true) == [PipelineUnit(commands: 0..<2, slot: bar)])
        let crossed = [RedisCommand("MULTI"), RedisCommand("SET", "a", 1), RedisCommand("SET", "b", 1), RedisCommand("EXEC")]
        let error = #expect(throws: RedisError.self) { try PipelineUnit.units(of: crossed, isSharded: true) }
        #expect(error?.serverCode == "CROSSSLOT" && error?.mayHaveRun == false)
        #expect(try PipelineUnit.units(of: crossed, isSharded: false).count == 1)
    }

    static let commands: [[String]] = [
        ["GET", "k"], ["get", "k"], ["SET", "k", "v"], ["HSET", "k", "f", "v"], ["XADD", "k", "*", "f", "v"], ["XLEN", "k"], ["ZADD", "k", "1", "m"],
        ["DEL", "a", "b"], ["EXISTS", "a", "b", "c"], ["MGET", "a", "b"], ["MSET", "a", "1", "b", "2"], ["RENAME", "a", "b"], ["BLPOP", "a", "b", "0"],
        ["EVAL", "return 1", "2", "a", "b", "c"], ["EVALSHA", "0123", "1", "a", "b"], ["ZUNIONSTORE", "d", "2", "a", "b"], ["ZUNION", "2", "a", "b"],
        ["BITOP", "AND", "d", "a", "b"], ["XGROUP", "CREATE", "k", "g", "0", "MKSTREAM"], ["XINFO", "CONSUMERS", "k", "g"], ["OBJECT", "ENCODING", "k"],
        ["XREADGROUP", "GROUP", "g", "c", "COUNT", "1", "BLOCK", "0", "STREAMS", "a", "b", ">", ">"], ["XREAD", "STREAMS", "a", "0"],
        ["XCLAIM", "k", "g", "c", "0", "0-1"], ["XAUTOCLAIM", "k", "g", "c", "0", "0-0"], ["LMPOP", "2", "a", "b", "LEFT"], ["SMOVE", "a", "b", "m"],
        ["BLMPOP", "0", "2", "a", "b", "LEFT"], ["COPY", "a", "b"], ["PEXPIRE", "k", "1"], ["MEMORY", "USAGE", "k"], ["UNLINK", "a", "b"],
    ]

    @Test("the keys of a command are found where the server finds them")
    func keys() async throws {
        let server = try await RedisServer.start(appendOnly: false)
        let redis = try server.client()
        for words in Self.commands {
            let indexes = KeyLayout(words[0]).indexes(count: words.count) { words[$0][...] }
            let expected = try await redis.send(RedisCommand("COMMAND", arguments: ["GETKEYS"] + words)).array?.compactMap(\.string)
            #expect(indexes.map { words[$0] } == expected, "\(words)")
        }
        for words in [
            ["PING"], ["CONFIG", "GET", "x"], ["WAIT", "1", "1"], ["MULTI"], ["EXEC"], ["EVAL", "return 1", "0"], ["SCAN", "0"], ["CLUSTER", "SLOTS"],
        ] {
            #expect(KeyLayout(words[0]).indexes(count: words.count) { words[$0][...] } == [], "\(words)")
        }
        redis.stop()
    }

    @Test("keys of different slots are told before anything is sent")
    func crossSlot() throws {
        let error = #expect(throws: RedisError.self) { try RedisCommand("DEL", "a", "b").slot() }
        #expect(error?.serverCode == "CROSSSLOT" && error?.message.contains("DEL") == true)
        #expect(try RedisCommand("DEL", "{x}a", "{x}b").slot() == HashSlot.of("x".utf8))
    }
}
