import ServiceRuntime

@main
struct App {
    static func main() async {
        await runService(named: "llm-processor", port: 8081, settings: LLMSettings.declarations, build: buildService)
    }
}
