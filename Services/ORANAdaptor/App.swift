import ServiceRuntime

@main
struct App {
    static func main() async {
        await runService(named: "oran-adaptor", port: 8084, settings: ORANSettings.declarations, build: buildService)
    }
}
