import HTTPFetch
import Hummingbird
import PackagePlanning
import Resilience
import ServiceClient
import Synchronization
import TestSupport
import Testing

@testable import ManifestGenerator

/// What is asked of the oran-adaptor before something is planned for RICs.
@Suite struct RICDirectoryTests {
    private final class Adaptor: Sendable {
        let answer = Mutex(#"{"rics":[{"name":"east","state":"available","policyTypes":["t"]}],"incomplete":"the service does not answer"}"#)
    }

    @Test("while not all RICs are known nothing is planned for all of them")
    func incomplete() async throws {
        let adaptor = Adaptor()
        let router = Router()
        router.get("/v1/a1/policy-types") { _, _ -> Response in
            let body = adaptor.answer.withLock { $0 }
            return Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
        }
        let server = try await LoopbackServer.start(router)
        let fetcher = HTTPFetcher()
        let directory = RICDirectoryClient(client: ServiceClient(Upstream("adaptor"), base: server.url, token: nil, fetcher: fetcher))
        await #expect(throws: ServiceCallError.self) { try await directory.rics() }
        adaptor.answer.withLock { $0 = #"{"rics":[{"name":"east","state":"available","policyTypes":["t"]}]}"# }
        #expect(try await directory.rics() == [RICInfo(name: "east", policyTypes: ["t"])])
        fetcher.stop()
        await server.stop()
    }
}
