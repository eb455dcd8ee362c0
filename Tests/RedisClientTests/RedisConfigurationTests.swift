import Testing

@testable import RedisClient

@Suite struct RedisConfigurationTests {
    @Test(
        "a URL names the server, the user and the database",
        arguments: [
            ("redis://localhost", .tcp(host: "localhost", port: 6379), nil, nil, 0),
            ("redis://10.0.0.7:7000", .tcp(host: "10.0.0.7", port: 7000), nil, nil, 0),
            ("redis://cache/", .tcp(host: "cache", port: 6379), nil, nil, 0),
            ("redis://cache:6380/12", .tcp(host: "cache", port: 6380), nil, nil, 12),
            ("redis://:s3cret@cache/1", .tcp(host: "cache", port: 6379), nil, "s3cret", 1),
            ("redis://ledger:p%40ss%2Fword@cache", .tcp(host: "cache", port: 6379), "ledger", "p@ss/word", 0),
            ("redis://:p@ss@cache", .tcp(host: "cache", port: 6379), nil, "p@ss", 0),
            ("redis://[::1]:7001/2", .tcp(host: "::1", port: 7001), nil, nil, 2),
            ("redis://[fd00::5]", .tcp(host: "fd00::5", port: 6379), nil, nil, 0),
            ("redis+unix:///run/redis.sock", .unix(path: "/run/redis.sock"), nil, nil, 0),
            ("redis+unix://:s3cret@/run/redis.sock?db=3", .unix(path: "/run/redis.sock"), nil, "s3cret", 3),
        ] as [(String, RedisConfiguration.Endpoint, String?, String?, Int)])
    func reads(url: String, endpoint: RedisConfiguration.Endpoint, username: String?, password: String?, database: Int) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.topology == .single(endpoint))
        #expect(configuration.username == username)
        #expect(configuration.password?.value == password)
        #expect(configuration.database == database)
    }

    @Test(
        "several hosts are nodes of a cluster, sentinels name a primary",
        arguments: [
            ("redis://a:7000,b,[::1]:7002", .cluster([.tcp(host: "a", port: 7000), .tcp(host: "b", port: 6379), .tcp(host: "::1", port: 7002)]), nil, 0),
            ("redis://:p,w@a,b/", .cluster([.tcp(host: "a", port: 6379), .tcp(host: "b", port: 6379)]), "p,w", 0),
            ("redis+sentinel://a,b:7/ledger", .sentinel([.tcp(host: "a", port: 26379), .tcp(host: "b", port: 7)], name: "ledger"), nil, 0),
            ("redis+sentinel://:pw@a/ledger/3", .sentinel([.tcp(host: "a", port: 26379)], name: "ledger"), "pw", 3),
        ] as [(String, RedisConfiguration.Topology, String?, Int)])
    func readsTopologies(url: String, topology: RedisConfiguration.Topology, password: String?, database: Int) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.topology == topology)
        #expect(configuration.password?.value == password && configuration.database == database)
    }

    @Test(
        "a URL that cannot be used is refused with the reason",
        arguments: [
            ("localhost:6379", "starts with redis://"),
            ("rediss://localhost", "TLS"),
            ("redis+sentinel://a,b", "ends with the name"),
            ("redis+sentinel://a/", "ends with the name"),
            ("redis+sentinel://a/ledger/x", "database"),
            ("redis+sentinel:///ledger", "host is missing"),
            ("redis://a,,b", "host is missing"),
            ("redis://a,b:x", "port"),
            ("http://localhost", "not supported"),
            ("redis://", "host is missing"),
            ("redis://a:6379,b:6379/1", "no database"),
            ("redis://cache:0", "port"),
            ("redis://cache:65536", "port"),
            ("redis://cache:", "port"),
            ("redis://cache:port", "port"),
            ("redis://::1", "brackets"),
            ("redis://[::1", "ends with ]"),
            ("redis://[::1]6379", "follows ]"),
            ("redis://cache/first", "database"),
            ("redis://cache/-1", "database"),
            ("redis://user@cache", "credentials"),
            ("redis://user:@cache", "empty"),
            ("redis://:a%2@cache", "%"),
            ("redis+unix://run/redis.sock", "absolute"),
            ("redis+unix:///", "path of a socket"),
            ("redis+unix:///run/redis.sock?timeout=1", "db"),
        ])
    func refuses(url: String, reason: String) {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error?.code == .invalidURL)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test(
        "a password from elsewhere counts instead of the URL's, which may name the user alone",
        arguments: [
            ("redis://a:7000", nil), ("redis://:old@a:7000", nil), ("redis://ledger:old@a:7000", "ledger"), ("redis://ledger@a:7000", "ledger"),
            ("redis://l%40b@a:7000", "l@b"),
        ])
    func elsewhere(url: String, username: String?) throws {
        let configuration = try RedisConfiguration(url: url, password: RedisPassword("new"))
        #expect(configuration.topology == .single(.tcp(host: "a", port: 7000)))
        #expect(configuration.username == username && configuration.password?.value == "new")
    }

    @Test("a password that is none is none, and without one the URL's counts") func none() throws {
        #expect(try RedisConfiguration(url: "redis://:old@a", password: nil).password?.value == "old")
        #expect(RedisPassword("").value == nil)
        #expect(throws: RedisError.self) { try RedisConfiguration(url: "redis://user@a", password: nil) }
    }

    @Test("the reason never repeats the password") func hidesPassword() {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: "redis://:hunter2@cache:port") }
        #expect(error?.description.contains("hunter2") == false)
    }
}
