/// What a server means that answers a command without having executed it.
enum Redirect: Equatable {
    /// The slot is served elsewhere from now on.
    case moved(slot: Int, to: RedisConfiguration.Endpoint)
    /// The slot is being moved, and this key is there already: only this command goes there.
    case ask(RedisConfiguration.Endpoint)
    /// The slot is being moved, and the command's keys are on both sides.
    case tryAgain
    /// This server cannot execute it now; another may have taken its place.
    case unable

    /// Nil when the reply is the command's own, be it an error.
    ///
    /// - Parameter asked: the server that replied; a cluster leaves out a host that is its own.
    init?(_ reply: RedisValue, from asked: RedisConfiguration.Endpoint?) {
        guard case .error(let message) = reply else { return nil }
        let words = message.split(separator: " ", maxSplits: 3)
        switch words.first {
        case "MOVED", "ASK":
            guard words.count >= 3, let slot = Int(decimal: words[1].utf8), let endpoint = RedisConfiguration.Endpoint(node: words[2], asked: asked)
            else { return nil }
            self = words[0] == "ASK" ? .ask(endpoint) : .moved(slot: slot, to: endpoint)
        case "TRYAGAIN":
            self = .tryAgain
        case "CLUSTERDOWN", "LOADING", "MASTERDOWN", "READONLY":
            self = .unable
        default:
            return nil
        }
    }

    /// Of a transaction: it is executed as a whole or, when one of its commands was not queued, not at all.
    init?(transaction replies: ArraySlice<RedisValue>, from asked: RedisConfiguration.Endpoint?) {
        guard case .error? = replies.last else { return nil }
        for reply in replies {
            if let redirect = Redirect(reply, from: asked) {
                self = redirect
                return
            }
        }
        return nil
    }

    /// Whether a reply, or one of a pipeline's, was refused by a replica.
    static func isReadOnly(_ value: RedisValue) -> Bool {
        switch value {
        case .error(let message): message.hasPrefix("READONLY ")
        case .array(let elements): elements.contains { if case .error(let message) = $0 { message.hasPrefix("READONLY ") } else { false } }
        default: false
        }
    }
}

extension RedisConfiguration.Endpoint {
    /// `host:port` as a node of a cluster writes it: without brackets, and without the host where that is the one that was asked.
    init?(node text: Substring, asked: RedisConfiguration.Endpoint?) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(decimal: text[text.index(after: colon)...].utf8), (1...65535).contains(port) else {
            return nil
        }
        guard let host = Self.host(String(text[..<colon]), asked: asked) else { return nil }
        self = .tcp(host: host, port: port)
    }

    static func host(_ told: String?, asked: RedisConfiguration.Endpoint?) -> String? {
        if let told, !told.isEmpty, told != "?" { return told }
        guard case .tcp(let host, _)? = asked else { return nil }
        return host
    }
}
