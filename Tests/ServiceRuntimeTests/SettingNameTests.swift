import Testing

@testable import ServiceRuntime

@Suite struct SettingNameTests {
    @Test("the spellings of a name are one name", arguments: ["REDIS_URL", "redis_url", "redisUrl", "--redis-url", "redis.url", "RedisURL"])
    func spellings(_ spelling: String) { #expect(SettingName(spelling) == SettingName("REDIS_URL")) }

    @Test("no two settings of the installation share a spelling")
    func distinct() { #expect(Set(SharedSettingNames.all.map(\.identity)).count == SharedSettingNames.all.count) }
}
