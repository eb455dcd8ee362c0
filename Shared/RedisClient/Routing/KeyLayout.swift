/// Where the keys of a command stand among its arguments.
enum KeyLayout {
    case none
    case first
    /// Behind a subcommand.
    case second
    case firstTwo
    case all
    case allFromSecond
    case everyOther
    case allButLast
    /// As many as the argument at this index says, behind it.
    case counted(at: Int)
    /// A destination, then as `counted(at: 2)`.
    case firstAndCounted
    /// The first half of what follows the word `STREAMS`.
    case streams

    /// Most commands have one key, and it comes first.
    init(_ name: String) { self = Self.others[name.uppercased()] ?? .first }

    private static let others: [String: KeyLayout] = {
        var table: [String: KeyLayout] = [:]
        func set(_ layout: KeyLayout, _ names: String) { for name in names.split(separator: " ") { table[String(name)] = layout } }
        set(
            .none,
            """
            ACL ASKING AUTH BGREWRITEAOF BGSAVE CLIENT CLUSTER COMMAND CONFIG DBSIZE DEBUG DISCARD ECHO EXEC FAILOVER FLUSHALL FLUSHDB FUNCTION HELLO INFO \
            KEYS LASTSAVE LATENCY MODULE MONITOR MULTI PING PSUBSCRIBE PUBLISH PUBSUB PUNSUBSCRIBE QUIT RANDOMKEY READONLY READWRITE REPLICAOF RESET ROLE \
            SAVE SCAN SCRIPT SELECT SENTINEL SHUTDOWN SLOWLOG SUBSCRIBE SWAPDB TIME UNSUBSCRIBE UNWATCH WAIT
            """)
        set(.second, "MEMORY OBJECT XGROUP XINFO")
        set(.allFromSecond, "BITOP")
        set(
            .firstTwo,
            "BLMOVE BRPOPLPUSH COPY GEOSEARCHSTORE LCS LMOVE RENAME RENAMENX RPOPLPUSH SMOVE ZRANGESTORE")
        set(.all, "DEL EXISTS MGET PFCOUNT PFMERGE SDIFF SDIFFSTORE SINTER SINTERSTORE SUNION SUNIONSTORE TOUCH UNLINK WATCH")
        set(.everyOther, "MSET MSETNX")
        set(.allButLast, "BLPOP BRPOP BZPOPMAX BZPOPMIN")
        set(.counted(at: 1), "LMPOP SINTERCARD ZDIFF ZINTER ZINTERCARD ZMPOP ZUNION")
        set(.counted(at: 2), "BLMPOP BZMPOP EVAL EVALSHA EVAL_RO EVALSHA_RO FCALL FCALL_RO")
        set(.firstAndCounted, "ZDIFFSTORE ZINTERSTORE ZUNIONSTORE")
        set(.streams, "XREAD XREADGROUP")
        return table
    }()

    /// The indexes of the keys in a command of `count` arguments, its name being the one at 0.
    func indexes(count: Int, argument: (Int) -> Substring) -> [Int] {
        func counted(at index: Int) -> [Int] {
            guard index < count, let keys = Int(decimal: argument(index).utf8), keys > 0, keys < count - index else { return [] }
            return Array(index + 1...index + keys)
        }
        switch self {
        case .none: return []
        case .first: return count > 1 ? [1] : []
        case .second: return count > 2 ? [2] : []
        case .firstTwo: return Array(1..<max(1, min(3, count)))
        case .all: return Array(1..<max(1, count))
        case .allFromSecond: return Array(2..<max(2, count))
        case .everyOther: return Array(stride(from: 1, to: count, by: 2))
        case .allButLast: return Array(1..<max(1, count - 1))
        case .counted(let index): return counted(at: index)
        case .firstAndCounted: return (count > 1 ? [1] : []) + counted(at: 2)
        case .streams:
            guard let word = (1..<max(1, count)).first(where: { argument($0).uppercased() == "STREAMS" }) else { return [] }
            return Array(word + 1..<word + 1 + (count - word - 1) / 2)
        }
    }
}

extension RedisCommand {
    static let asking = RedisCommand("ASKING")

    /// The arguments as they stand in the body, the name first.
    private var arguments: [ArraySlice<UInt8>] {
        var arguments: [ArraySlice<UInt8>] = []
        arguments.reserveCapacity(self.argumentCount)
        var position = self.body.startIndex
        while position < self.body.endIndex {
            // `$<length>\r\n<bytes>\r\n`
            var length = 0
            position += 1
            while position < self.body.endIndex, self.body[position] != UInt8(ascii: "\r") {
                length = length * 10 + Int(self.body[position] &- UInt8(ascii: "0"))
                position += 1
            }
            position += 2
            arguments.append(self.body[position..<position + length])
            position += length + 2
        }
        return arguments
    }

    var name: String { String(decoding: self.arguments.first ?? [], as: UTF8.self) }

    /// The hash slot of its keys; nil when it has none.
    ///
    /// - Throws: `.refused` when they lie in different slots, which no server of a cluster would accept.
    func slot() throws(RedisError) -> Int? {
        let arguments = self.arguments
        let name = String(decoding: arguments.first ?? [], as: UTF8.self)
        var slot: Int?
        for index in KeyLayout(name).indexes(count: arguments.count, argument: { Substring(decoding: arguments[$0], as: UTF8.self) }) {
            let own = HashSlot.of(arguments[index])
            guard let other = slot, other != own else {
                slot = own
                continue
            }
            throw RedisError(.refused, "CROSSSLOT the keys of one \(name) lie in different hash slots; give them a common {tag}")
        }
        return slot
    }
}
