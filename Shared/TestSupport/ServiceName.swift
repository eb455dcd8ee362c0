/// The six services, by the names of their executables.
package enum ServiceName: String, CaseIterable, Sendable {
    case gateway = "api-gateway"
    case interpreter = "llm-processor"
    case knowledge = "rag-api"
    case generator = "manifest-generator"
    case adaptor = "oran-adaptor"
    case bridge = "nephio-bridge"

    /// The setting by which the others are told its address.
    package var addressSetting: String {
        switch self {
        case .gateway: "API_GATEWAY_URL"
        case .interpreter: "LLM_PROCESSOR_URL"
        case .knowledge: "RAG_API_URL"
        case .generator: "MANIFEST_GENERATOR_URL"
        case .adaptor: "ORAN_ADAPTOR_URL"
        case .bridge: "NEPHIO_BRIDGE_URL"
        }
    }
}
