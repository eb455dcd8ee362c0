import ServiceRuntime

@main
struct App {
    static func main() async {
        await runService(named: "manifest-generator", port: 8083, settings: PlanningSettings.declarations, build: buildService)
    }
}
