import ServiceRuntime

@main
struct App {
    static func main() async {
        await runService(named: "nephio-bridge", port: 8085, settings: BridgeSettings.declarations, build: buildService)
    }
}
