import Foundation
import Hummingbird
import TestSupport
import Testing

@testable import APIGateway
@testable import LLMProcessor
@testable import ManifestGenerator
@testable import NephioBridge
@testable import ORANAdaptor
@testable import RAGAPI
@testable import ServiceRuntime

/// A service as it is wired, beside the file that describes it.
extension ServiceName {
    var description: APIDescription {
        get throws { try APIDescription(self == .gateway ? "Services/APIGateway/Public/openapi.yaml" : "docs/api/\(self.rawValue).yaml") }
    }

    /// Parts of the gateway's pages, which nobody calls on their own.
    func isAsset(_ route: String) -> Bool {
        self == .gateway && (["GET /console.css", "GET /docs.css", "GET /docs.js"].contains(route) || route.hasPrefix("GET /console/"))
    }

    /// With all of its interfaces configured, unless they are not to be, and two keys: `good`, and `foreign` of an admin of another
    /// tenant. Nothing is connected to, but for a Redis where there is one.
    func build(
        in directory: TemporaryDirectory, isConfigured: Bool = true, redis: RedisServer? = nil
    ) async throws -> (context: ServiceContext, parts: ServiceParts) {
        let keys = directory.file("keys.yaml")
        try Data("keys:\n  - {name: chief, key: foreign, tenant: north, roles: [admin]}\n".utf8).write(to: URL(filePath: keys))
        var values = ["AUTH_TOKEN": "good", "AUTH_KEYS_FILE": keys]
        if let redis { values["REDIS_URL"] = redis.url }
        let declarations: [SettingDeclaration]
        switch self {
        case .gateway: declarations = GatewaySettings.declarations
        case .interpreter: declarations = LLMSettings.declarations
        case .knowledge:
            declarations = RAGSettings.declarations
            values["KNOWLEDGE_STORE"] = directory.file("knowledge.sqlite")
            values["EMBEDDING_PROVIDER"] = "off"
        case .generator: declarations = PlanningSettings.declarations
        case .adaptor:
            declarations = ORANSettings.declarations
            guard isConfigured else { break }
            let elements = directory.file("elements.yaml")
            try Data("elements: []\n".utf8).write(to: URL(filePath: elements))
            values.merge(
                [
                    "O1_ELEMENTS": elements, "O2_URL": "http://127.0.0.1:9", "E2_MANAGER_URL": "http://127.0.0.1:9",
                    "A1_NOTIFY_URL": "http://127.0.0.1:9", "O2_NOTIFY_URL": "http://127.0.0.1:9",
                ]
            ) { $1 }
        case .bridge:
            declarations = BridgeSettings.declarations
            values["GIT_REPO_URL"] = directory.file("gitops.git")
        }
        let context = try ServiceContext.forTesting(name: self.rawValue, declarations: declarations, values: values)
        let parts =
            switch self {
            case .gateway: try await APIGateway.buildService(context)
            case .interpreter: try await LLMProcessor.buildService(context)
            case .knowledge: try await RAGAPI.buildService(context)
            case .generator: try await ManifestGenerator.buildService(context)
            case .adaptor: try await ORANAdaptor.buildService(context)
            case .bridge: try await NephioBridge.buildService(context)
            }
        return (context, parts)
    }
}
