import ServiceRuntime

@main
struct App {
    static func main() async {
        await runService(named: "api-gateway", port: 8080, settings: GatewaySettings.declarations, runsOnEventLoops: true, build: buildService)
    }
}
