import HTTPFetch
import Testing

@testable import ServiceClient

@Suite struct ServiceClientTests {
    @Test("a service that is not there is said to be unreachable, and after some calls not asked any more")
    func unreachable() async throws {
        let fetcher = HTTPFetcher()
        defer { fetcher.stop() }
        let client = ServiceClient(name: "nobody", base: "http://127.0.0.1:9", token: nil, fetcher: fetcher, timeout: .seconds(2))
        var wasOpen = false
        for _ in 0..<40 {
            do {
                _ = try await client.get(String.self, "/")
            } catch .open {
                wasOpen = true
                break
            } catch .unreachable {
                continue
            }
        }
        #expect(wasOpen)
    }
}
