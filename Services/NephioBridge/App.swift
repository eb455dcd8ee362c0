import CMimalloc
import ServiceRuntime

@main
struct App {
    static func main() async {
        // Named so that the linker keeps the library, whose malloc then takes the place of libc's (docs/decisions/007).
        _ = mi_version()
        await runService(named: "nephio-bridge", port: 8085, settings: BridgeSettings.declarations, build: buildService)
    }
}
