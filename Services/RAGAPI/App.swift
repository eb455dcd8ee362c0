import ServiceRuntime

@main
struct App {
    static func main() async {
        await runService(named: "rag-api", port: 8082, settings: RAGSettings.declarations, build: buildService)
    }
}
