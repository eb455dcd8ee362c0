import ArgumentParser
import Foundation

/// Where rag-api is.
struct KnowledgeOptions: ParsableArguments {
    @Option(help: "Address of rag-api; else RAG_API_URL, else two ports above the gateway.") var knowledgeServer: String?

    func client(_ connection: ConnectionOptions) throws(CommandFailure) -> GatewayClient {
        let environment = ProcessInfo.processInfo.environment
        let gateway = try connection.client(environment)
        return gateway.at(
            try SiblingAddress.of(
                "rag-api", self.knowledgeServer ?? environment["RAG_API_URL"], portsAbove: 2, option: "--knowledge-server", gateway: gateway.base))
    }
}
