extension RedisConfiguration {
    /// Reads one of
    /// - `redis://[[user]:password@]host[:port][/database]`: one server,
    /// - `redis://[[user]:password@]host[:port],host[:port],…`: a cluster, of which some nodes are named,
    /// - `redis+sentinel://[[user]:password@]host[:port],…/name[/database]`: the primary that sentinels know under a name,
    /// - `redis+unix://[[user]:password@]/path[?db=n]`: one server on a local socket.
    ///
    /// User and password may be percent-encoded; an IPv6 address stands in brackets. The error never repeats the password.
    ///
    /// - Parameter password: instead of one in the URL, which may then name the user alone: `redis://user@host`.
    package init(url: String, password: RedisPassword?) throws(RedisError) {
        guard let password else {
            self = try RedisConfiguration(url: url)
            return
        }
        // What stands before the last @ up to the next / is who; without a colon, somebody whose password stands elsewhere.
        let start = url.firstRange(of: "://")?.upperBound ?? url.startIndex
        let (who, _) = Self.split(url[start...].prefix { $0 != "/" })
        if let who, !who.isEmpty, !who.contains(":") {
            self = try RedisConfiguration(url: String(url[..<who.endIndex]) + ":-" + url[who.endIndex...])
        } else {
            self = try RedisConfiguration(url: url)
        }
        self.password = password
    }

    package init(url: String) throws(RedisError) {
        guard let separator = url.firstRange(of: "://") else {
            throw RedisError(.invalidURL, "a Redis URL starts with redis://, redis+sentinel:// or redis+unix://")
        }
        let rest = url[separator.upperBound...]
        switch url[..<separator.lowerBound] {
        case "redis":
            self = try RedisConfiguration(tcp: rest)
        case "redis+sentinel":
            self = try RedisConfiguration(sentinel: rest)
        case "redis+unix", "unix":
            self = try RedisConfiguration(unix: rest)
        case "rediss":
            throw RedisError(.invalidURL, "rediss:// needs TLS, which this client does not have; put Redis behind a local TLS tunnel and use redis://")
        case let scheme:
            throw RedisError(.invalidURL, "\(scheme):// is not supported; use redis://, redis+sentinel:// or redis+unix://")
        }
    }

    private init(tcp rest: Substring) throws(RedisError) {
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let (credentials, address) = Self.split(rest[..<slash])
        let endpoints = try Self.endpoints(address, defaultPort: 6379)
        self.init(endpoints.count == 1 ? .single(endpoints[0]) : .cluster(endpoints))
        try self.setCredentials(credentials)
        let path = rest[slash...].dropFirst()
        if !path.isEmpty { self.database = try Self.database(path) }
        if endpoints.count > 1, self.database != 0 { throw RedisError(.invalidURL, "a cluster has no database but 0") }
    }

    private init(sentinel rest: Substring) throws(RedisError) {
        let parts = rest.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count > 1, !parts[1].isEmpty else {
            throw RedisError(.invalidURL, "a redis+sentinel:// URL ends with the name of the primary, as in redis+sentinel://host:26379/ledger")
        }
        let (credentials, address) = Self.split(parts[0])
        self.init(.sentinel(try Self.endpoints(address, defaultPort: 26379), name: try Self.percentDecoded(parts[1])))
        try self.setCredentials(credentials)
        if parts.count > 2, !parts[2].isEmpty { self.database = try Self.database(parts[2]) }
    }

    private init(unix rest: Substring) throws(RedisError) {
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let (credentials, host) = Self.split(rest[..<slash])
        guard host.isEmpty else { throw RedisError(.invalidURL, "the path of a Unix socket is absolute: redis+unix:///run/redis.sock") }
        let question = rest.firstIndex(of: "?") ?? rest.endIndex
        let path = rest[slash..<question]
        guard path.utf8.count > 1 else { throw RedisError(.invalidURL, "a redis+unix:// URL names the path of a socket") }
        guard path.utf8.count < 108 else { throw RedisError(.invalidURL, "the path of a Unix socket has at most 107 bytes") }
        self.init(endpoint: .unix(path: String(path)))
        try self.setCredentials(credentials)
        let query = rest[question...].dropFirst()
        if !query.isEmpty {
            guard query.hasPrefix("db=") else { throw RedisError(.invalidURL, "the only query of a redis+unix:// URL is db") }
            self.database = try Self.database(query.dropFirst(3))
        }
    }

    /// The last `@` ends the credentials, so that a password typed without encoding still works.
    private static func split(_ authority: Substring) -> (credentials: Substring?, address: Substring) {
        guard let at = authority.lastIndex(of: "@") else { return (nil, authority) }
        return (authority[..<at], authority[authority.index(after: at)...])
    }

    private mutating func setCredentials(_ text: Substring?) throws(RedisError) {
        guard let text else { return }
        guard let colon = text.firstIndex(of: ":") else {
            throw RedisError(.invalidURL, "credentials are written user:password@ or :password@")
        }
        let user = try Self.percentDecoded(text[..<colon])
        let password = try Self.percentDecoded(text[text.index(after: colon)...])
        guard !password.isEmpty else { throw RedisError(.invalidURL, "the password is empty") }
        self.username = user.isEmpty ? nil : user
        self.password = RedisPassword(password)
    }

    private static func endpoints(_ addresses: Substring, defaultPort: Int) throws(RedisError) -> [Endpoint] {
        var endpoints: [Endpoint] = []
        for address in addresses.split(separator: ",", omittingEmptySubsequences: false) {
            let (host, port) = try Self.hostAndPort(address, defaultPort: defaultPort)
            endpoints.append(.tcp(host: host, port: port))
        }
        return endpoints
    }

    private static func hostAndPort(_ address: Substring, defaultPort: Int) throws(RedisError) -> (String, Int) {
        var host = address
        var port: Substring?
        if address.first == "[" {
            guard let close = address.firstIndex(of: "]") else { throw RedisError(.invalidURL, "an IPv6 address ends with ]") }
            host = address[address.index(after: address.startIndex)..<close]
            let tail = address[address.index(after: close)...]
            guard tail.isEmpty || tail.first == ":" else { throw RedisError(.invalidURL, "a port follows ] as :port") }
            if !tail.isEmpty { port = tail.dropFirst() }
        } else if let colon = address.firstIndex(of: ":") {
            host = address[..<colon]
            port = address[address.index(after: colon)...]
            if port?.contains(":") == true { throw RedisError(.invalidURL, "an IPv6 address stands in brackets") }
        }
        guard !host.isEmpty else { throw RedisError(.invalidURL, "the host is missing") }
        guard let port else { return (String(host), defaultPort) }
        guard let number = Int(decimal: port.utf8), (1...65535).contains(number) else {
            throw RedisError(.invalidURL, "the port is a number from 1 to 65535")
        }
        return (String(host), number)
    }

    private static func database(_ text: Substring) throws(RedisError) -> Int {
        guard let number = Int(decimal: text.utf8), number >= 0 else {
            throw RedisError(.invalidURL, "the database is a number, as in redis://host:6379/0")
        }
        return number
    }

    private static func percentDecoded(_ text: Substring) throws(RedisError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(Substring(rest.prefix(2)), radix: 16) else {
                throw RedisError(.invalidURL, "the credentials contain a % that does not start an encoded byte")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
