import Dispatch
package import Logging
import ServiceLifecycle

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Reads files again when one of them has changed, so that an edited ConfigMap, a rotated Secret or a revoked key takes effect without a restart.
package struct FileWatch: Service {
    /// What is read again, for the log: "settings".
    let name: String
    let logger: Logger
    let interval: Duration
    /// Which files; they may be others after a reload.
    let paths: @Sendable () -> [String]
    /// Throws when something in them is not allowed; then nothing changes.
    let reload: @Sendable () throws -> Void

    init(name: String, logger: Logger, interval: Duration, paths: @escaping @Sendable () -> [String], reload: @escaping @Sendable () throws -> Void) {
        (self.name, self.logger, self.interval, self.paths, self.reload) = (name, logger, interval, paths, reload)
    }

    /// Looks every two seconds.
    package init(name: String, logger: Logger, paths: @escaping @Sendable () -> [String], reload: @escaping @Sendable () throws -> Void) {
        self.init(name: name, logger: logger, interval: .seconds(2), paths: paths, reload: reload)
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var last = await self.stamps()
            while (try? await Task.sleep(for: self.interval)) != nil {
                let now = await self.stamps()
                guard now != last else { continue }
                last = now
                await self.readAgain()
            }
        }
    }

    private func readAgain() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                do {
                    try self.reload()
                    self.logger.notice("\(self.name) reloaded")
                } catch {
                    self.logger.error("\(self.name) not reloaded", metadata: ["error": .string("\(error)")])
                }
                continuation.resume()
            }
        }
    }

    /// A ConfigMap is a link that is replaced: the file's inode tells, its time alone might not.
    private func stamps() async -> [String: [Int]] {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var stamps: [String: [Int]] = [:]
                for path in self.paths() {
                    var info = stat()
                    let found = stat(path, &info) == 0
                    stamps[path] = found ? [Int(info.st_ino), Int(info.st_mtim.tv_sec), Int(info.st_mtim.tv_nsec), Int(info.st_size)] : []
                }
                continuation.resume(returning: stamps)
            }
        }
    }
}
