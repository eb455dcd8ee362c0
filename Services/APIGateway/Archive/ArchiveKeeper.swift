import Ledger
import IntentModel
import Logging
import Metrics
import ServiceLifecycle
import ServiceRuntime
import Telemetry

/// The life of the archive: tells the ledger that there is one, sees to it that nothing was left out, forgets what is too old, measures it.
struct ArchiveKeeper: Service {
    let ledger: Ledger
    /// Nil: there is none any more.
    let store: ArchiveStore?
    /// Nil keeps for ever.
    let retention: Duration?
    private let logger = Logger(label: "archive")

    init(ledger: Ledger, store: ArchiveStore?, retention: Duration?) {
        self.ledger = ledger
        self.store = store
        self.retention = retention
    }

    func run() async throws {
        // Being cancelled is its ordinary end.
        try? await cancelWhenGracefulShutdown { try await self.keep() }
    }

    private func keep() async throws {
        var nextSweep = ContinuousClock.now
        while true {
            if ContinuousClock.now >= nextSweep {
                let isDone = await self.sweep()
                nextSweep = .now + (isDone ? .seconds(3_600) : .seconds(1))
            }
            await self.measure()
            try await Task.sleep(for: nextSweep < .now + .seconds(15) ? .seconds(1) : .seconds(15))
        }
    }

    private func sweep() async -> Bool {
        do {
            guard let store else {
                try await self.ledger.endArchiving()
                return true
            }
            try await self.ledger.beginArchiving()
            let queued = try await self.ledger.sweepToArchive()
            if queued > 0 { self.logger.notice("ended intents queued for the archive", metadata: ["count": "\(queued)"]) }
            guard let retention else { return true }
            var pruned = 0
            while true {
                let count = try await store.prune(endedBefore: Timestamp.now() - retention.milliseconds)
                pruned += count
                if count == 0 { break }
            }
            if pruned > 0 { self.logger.notice("archived intents removed", metadata: ["count": "\(pruned)"]) }
            return true
        } catch {
            self.logger.warning("archive not kept in order", metadata: ["error": "\(error)"])
            return false
        }
    }

    private func measure() async {
        guard let size = try? await self.store?.size() else { return }
        Gauge(label: MetricName.archiveIntents).record(size.intents)
        Gauge(label: MetricName.archiveBytes).record(size.bytes)
    }
}

/// Closes the archive when everybody has done with it: a gateway that is not the active one any more still reads from it.
private struct ArchiveLife: Service {
    let store: ArchiveStore

    func run() async throws {
        try? await gracefulShutdown()
        try? await self.store.close()
    }
}

/// The archive as configured.
struct Archive {
    let store: ArchiveStore?
    let services: [any Service]

    /// `ARCHIVE_PATH`: a file; empty, this gateway keeps none; `off` ends one.
    init(ledger: Ledger, settings: Settings) async throws {
        let path = settings[GatewaySettings.archivePath] ?? ""
        guard !path.isEmpty else {
            (self.store, self.services) = (nil, [])
            return
        }
        if path == "off" {
            self.store = nil
        } else {
            do {
                self.store = try await ArchiveStore.open(path: path)
            } catch {
                throw InvalidSetting(key: "ARCHIVE_PATH", value: path, allowed: "a file that can be opened or made (\(error))")
            }
        }
        let retention = settings[GatewaySettings.archiveRetention]
        let life: [any Service] = self.store.map { [ArchiveLife(store: $0)] } ?? []
        self.services =
            life + [
                WhileActive(ArchiveKeeper(ledger: ledger, store: self.store, retention: retention == .zero ? nil : retention), ledger: ledger),
                StageWorker(ledger: ledger, handler: ArchiveStage(store: self.store)),
            ]
    }
}
