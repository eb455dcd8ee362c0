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
        let answer = Mutex(east(#","incomplete":"it does not answer","awaited":true"#))
    }

    private static func east(_ rest: String) -> String { #"{"rics":[{"name":"east","state":"available","policyTypes":["t"]}]"# + rest + "}" }

    @Test("while RICs may be named at any moment nothing is planned for all of them; when they are not, it is planned for those that are known")
    func incomplete() async throws {
        let adaptor = Adaptor()
        let router = Router()
        router.get("/v1/a1/policy-types") { _, _ -> Response in
            let body = adaptor.answer.withLock { $0 }
            return Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
        }
        let server = try await LoopbackServer.start(router)
        let fetcher = HTTPFetcher()
        let client = ServiceClient(Upstream("adaptor"), base: server.url, token: nil, fetcher: fetcher)
        let directory = RICDirectoryClient(client: client)
        let awaited = RICsAwaited(reason: "it does not answer")
        await #expect(throws: awaited) { try await directory.rics() }
        adaptor.answer.withLock { $0 = #"{"rics":[],"incomplete":"it does not answer"}"# }
        await #expect(throws: awaited) { try await directory.unnamed() }
        #expect(awaited.problem.code == "rics_unknown" && awaited.problem.detail.contains("it does not answer"))

        adaptor.answer.withLock { $0 = Self.east(#","incomplete":"it does not answer""#) }
        #expect(try await directory.rics() == [RICInfo(name: "east", policyTypes: ["t"])])
        #expect(try await directory.unnamed() == "it does not answer")
        let settled = RICDirectoryClient(client: client)
        adaptor.answer.withLock { $0 = Self.east("") }
        #expect(try await settled.rics() == [RICInfo(name: "east", policyTypes: ["t"])])
        #expect(try await settled.unnamed() == nil)
        fetcher.stop()
        await server.stop()
    }
}
