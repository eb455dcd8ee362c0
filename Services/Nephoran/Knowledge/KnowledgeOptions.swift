import ArgumentParser
import Foundation

/// Where rag-api is.
struct KnowledgeOptions: ParsableArguments {
    @Option(help: "Address of rag-api; else RAG_API_URL, else two ports above the gateway.") var knowledgeServer: String?

    func client(_ connection: ConnectionOptions) throws(CommandFailure) -> GatewayClient {
        let environment = ProcessInfo.processInfo.environment
        let gateway = try connection.client(environment)
        return gateway.at(try KnowledgeAddress.of(self.knowledgeServer ?? environment["RAG_API_URL"], gateway: gateway.base))
    }
}
