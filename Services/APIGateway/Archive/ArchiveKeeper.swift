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
        // Of a sweep that is not done; nil begins one.
        var left: [Partition]?
        while true {
            if ContinuousClock.now >= nextSweep {
                left = await self.sweep(left)
                nextSweep = .now + (left?.isEmpty == true ? .seconds(3_600) : .seconds(1))
                if left?.isEmpty == true { left = nil }
            }
            await self.measure()
            try await Task.sleep(for: nextSweep < .now + .seconds(15) ? .seconds(1) : .seconds(15))
        }
    }

    /// - Returns: where it could not look yet: intents that ended before there was an archive go with the retention, so it must not wait for long.
    private func sweep(_ partitions: [Partition]?) async -> [Partition]? {
        do {
            guard let store else {
                try await self.ledger.endArchiving()
                return []
            }
            try await self.ledger.beginArchiving()
            let (queued, left) = try await self.ledger.sweepToArchive(partitions)
            if queued > 0 { self.logger.notice("ended intents queued for the archive", metadata: ["count": "\(queued)"]) }
            guard let retention, partitions == nil else { return left }
            var pruned = 0
            while true {
                let count = try await store.prune(endedBefore: Timestamp.now() - retention.milliseconds)
                pruned += count
                if count == 0 { break }
            }
            if pruned > 0 { self.logger.notice("archived intents removed", metadata: ["count": "\(pruned)"]) }
            return left
        } catch {
            self.logger.warning("archive not kept in order", metadata: ["error": "\(error)"])
            return partitions
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
    private let ledger: Ledger

    /// `ARCHIVE_PATH`: a file; empty, this gateway keeps none; `off` ends one.
    init(ledger: Ledger, settings: Settings) async throws {
        self.ledger = ledger
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

    /// Tells the ledger before the first intent is accepted: what ends before it knows expires with the retention, however short that is.
    func begin() async throws(LedgerError) {
        guard self.store != nil, self.ledger.leads else { return }
        try await self.ledger.beginArchiving()
    }
}
