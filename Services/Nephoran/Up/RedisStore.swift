/// A Redis of `up`'s own. It listens on a socket in the data directory, which other users cannot reach; where the path is too long
/// for a socket, on loopback with a password.
struct RedisStore: Sendable, Equatable {
    enum Endpoint: Sendable, Equatable {
        case socket(String)
        case loopback(port: Int, password: String)
    }

    let name: String
    /// The setting that tells services where it is.
    let setting: String
    let directory: String
    let endpoint: Endpoint
    private let policy: [String]

    /// Bytes of a path in `sockaddr_un`, without its end.
    static let longestSocketPath = 107

    /// What is acknowledged is on disk, and nothing is evicted.
    static func ledger(in directory: DataDirectory) -> RedisStore {
        RedisStore(
            "redis", "REDIS_URL", directory,
            [
                "appendonly yes", "appendfsync always", "save \"\"", "maxmemory 0", "maxmemory-policy noeviction", "auto-aof-rewrite-min-size 256mb",
                "no-appendfsync-on-rewrite no",
            ]
        )
    }

    /// 64 MiB that may vanish at any time.
    static func cache(in directory: DataDirectory) -> RedisStore {
        RedisStore("cache", "CACHE_REDIS_URL", directory, ["appendonly no", "save \"\"", "maxmemory 64mb", "maxmemory-policy allkeys-lru"])
    }

    private init(_ name: String, _ setting: String, _ directory: DataDirectory, _ policy: [String]) {
        self.name = name
        self.setting = setting
        self.directory = directory.file(name)
        self.policy = policy
        let socket = self.directory + "/redis.sock"
        self.endpoint = socket.utf8.count <= Self.longestSocketPath ? .socket(socket) : .loopback(port: FreePort.next(), password: Secret.random())
    }

    var url: String {
        switch self.endpoint {
        case .socket(let path): "redis+unix://\(path)"
        case .loopback(let port, let password): "redis://:\(password)@127.0.0.1:\(port)"
        }
    }

    var configurationPath: String { self.directory + "/redis.conf" }

    /// A file rather than arguments, which every user of the machine can read.
    var configuration: String {
        let listening =
            switch self.endpoint {
            case .socket(let path): ["port 0", "unixsocket \"\(path)\"", "unixsocketperm 600"]
            case .loopback(let port, let password): ["port \(port)", "bind 127.0.0.1", "protected-mode yes", "requirepass \(password)"]
            }
        let lines =
            listening + ["dir \"\(self.directory)\"", "daemonize no", "supervised no", "tcp-backlog 128", "databases 1", "loglevel notice", "logfile \"\""]
            + self.policy
        return lines.joined(separator: "\n") + "\n"
    }
}
