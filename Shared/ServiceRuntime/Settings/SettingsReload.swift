import Dispatch
import Logging
import ServiceLifecycle

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Reads the settings file again when it has changed, so that an edited ConfigMap takes effect without a restart.
package struct SettingsReload: Service {
    let settings: Settings
    let path: String
    let logger: Logger
    let interval: Duration = .seconds(2)

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var last = await self.stamp()
            while (try? await Task.sleep(for: self.interval)) != nil {
                let now = await self.stamp()
                guard now != last else { continue }
                last = now
                await self.reload()
            }
        }
    }

    private func reload() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                do {
                    try self.settings.reload()
                    self.logger.notice("settings reloaded", metadata: ["file": .string(self.path)])
                } catch {
                    self.logger.error("settings not reloaded", metadata: ["file": .string(self.path), "error": .string("\(error)")])
                }
                continuation.resume()
            }
        }
    }

    /// A ConfigMap is a link that is replaced: the file's inode tells, its time alone might not.
    private func stamp() async -> [Int] {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var info = stat()
                let found = stat(self.path, &info) == 0
                continuation.resume(returning: found ? [Int(info.st_ino), Int(info.st_mtim.tv_sec), Int(info.st_mtim.tv_nsec), Int(info.st_size)] : [])
            }
        }
    }
}
