import TestSupport
import Testing

extension RealProcesses.ContractTests {
    @Test("work past its deadline is refused by every service before it begins", arguments: ServiceName.allCases)
    func deadline(service: ServiceName) async throws {
        let (method, path, json): (String, String, String) =
            switch service {
            case .gateway: ("POST", "/v1/intents", #"{"intent": "Deploy an AMF in namespace too-late"}"#)
            case .interpreter: ("POST", "/v1/interpret", #"{"intent": "Deploy an AMF"}"#)
            case .knowledge: ("POST", "/v1/search", #"{"query": "AMF"}"#)
            case .generator: ("POST", "/v1/plans", "{}")
            case .adaptor: ("PUT", "/v1/a1/policies/east/type/policy", "{}")
            case .bridge: ("POST", "/v1/packages", "{}")
            }
        let before = try await self.installation.queues.accepted()
        let client = self.installation.client(service, key: Installation.token)
        let late = try await client.call(method, path, json: json, headers: [("nephoran-deadline", "1000")])
        #expect(late.status == 504, "\(late)")
        #expect(late.problem?.code == "deadline_exceeded")
        if service == .gateway { #expect(try await self.installation.queues.accepted() == before, "it was stored") }
    }
}
