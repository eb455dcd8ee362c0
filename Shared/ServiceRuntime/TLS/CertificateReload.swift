import Dispatch
import Logging
import ServiceLifecycle

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Reads the files of a listener's certificate again when one of them has changed, so that a renewed one is shown without a restart.
struct CertificateReload: Service {
    let certificate: ListenerCertificate
    let logger: Logger
    let interval: Duration

    init(certificate: ListenerCertificate, logger: Logger, interval: Duration = .seconds(2)) {
        self.certificate = certificate
        self.logger = logger
        self.interval = interval
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var last = await self.stamps()
            while (try? await Task.sleep(for: self.interval)) != nil {
                let now = await self.stamps()
                guard now != last else { continue }
                // Certificate and key are two files: while the second is missing, the first is tried again.
                if await self.reload() { last = now }
            }
        }
    }

    private func reload() async -> Bool {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                do throws(InvalidSetting) {
                    try self.certificate.reload()
                    let (names, notAfter) = self.certificate.summary
                    self.logger.notice("certificate reloaded", metadata: ["names": .string(names), "notAfter": .stringConvertible(notAfter)])
                    continuation.resume(returning: true)
                } catch {
                    self.logger.error("certificate not reloaded, the one before stays", metadata: ["error": .string("\(error)")])
                    continuation.resume(returning: false)
                }
            }
        }
    }

    /// A mounted Secret is a link that is replaced: the file's inode tells, its time alone might not.
    private func stamps() async -> [Int] {
        let files = self.certificate.files.all
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    returning: files.flatMap { file -> [Int] in
                        var info = stat()
                        guard stat(file, &info) == 0 else { return [0] }
                        return [Int(info.st_ino), Int(info.st_mtim.tv_sec), Int(info.st_mtim.tv_nsec), Int(info.st_size)]
                    })
            }
        }
    }
}
