/// What `# HELP` says of a metric and, for a histogram, where its buckets end.
package struct MetricDescription: Sendable {
    package let help: String
    /// Upper bounds, ascending, in the metric's unit; empty for the default set.
    package let buckets: [Double]

    package init(_ help: String, buckets: [Double] = []) {
        self.help = help
        self.buckets = buckets
    }

    /// Seconds, from a cache hit to a request that was given up. Holds every threshold of the service levels.
    package static let defaultBuckets: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1, 1.5, 2, 3, 5, 8, 10, 30,
    ]

    /// The metrics of ``MetricName``. One that is not listed is exported without help and with the default buckets.
    package static let known: [String: MetricDescription] = [
        MetricName.httpRequestsTotal: .init("HTTP requests answered."),
        MetricName.httpRequestDuration: .init("Time from the request's head to its response, in seconds."),
        MetricName.intentsProcessedTotal: .init("Intents that reached a terminal phase."),
        MetricName.intentDuration: .init(
            "Time from acceptance to a terminal phase, in seconds, without what the intent waited for people or its time window.",
            buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60, 300]
        ),
        MetricName.processingTotal: .init("Steps of a stage that were carried out."),
        MetricName.processingErrorsTotal: .init("Steps of a stage that failed."),
        MetricName.processingDuration: .init(
            "Time a stage took for one step, in seconds.",
            buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60]
        ),
        MetricName.queueDepth: .init("Items waiting in a queue."),
        MetricName.queueAge: .init("Age of the oldest item waiting in a queue, in seconds."),
        MetricName.deadLetters: .init("Items that were given up after the last attempt."),
        MetricName.rolePartitions: .init("Partitions of the ledger in which this colour of the deployment has a role."),
        MetricName.callbacksTotal: .init("Attempts to call back, by what became of them."),
        MetricName.ledgerBytes: .init("Memory of the ledger's Redis, in bytes."),
        MetricName.ledgerLiveIntents: .init("Intents whose record is in Redis: under way, or ended and kept until the retention is over."),
        MetricName.ledgerBytesPerIntent: .init("Memory of the ledger's data for each intent in it, in bytes."),
        MetricName.auditEntriesTotal: .init("Entries written to the audit log."),
        MetricName.auditFailuresTotal: .init("Times the audit log could not be written, or its head not be anchored in Git."),
        MetricName.auditAnchoredAt: .init("When the head of the audit log was last anchored in Git, in Unix seconds."),
        MetricName.archiveBytes: .init("Size of the archive's files, in bytes."),
        MetricName.archiveIntents: .init("Intents in the archive."),
        MetricName.cacheRequestsTotal: .init("Look-ups in a cache."),
        MetricName.cacheHitsTotal: .init("Look-ups a cache answered."),
        MetricName.cacheMissesTotal: .init("Look-ups a cache did not answer."),
        MetricName.cacheEvictionsTotal: .init("Entries removed to make room."),
        MetricName.cacheBytes: .init("Bytes held by a cache."),
        MetricName.coalescedTotal: .init("Look-ups that waited for the load of another one instead of loading."),
        MetricName.llmBudget: .init("What all instances together may spend on models in a day (UTC), in USD."),
        MetricName.llmBudgetSpent: .init("What was spent and set aside today, in USD."),
        MetricName.llmBudgetShared: .init("1 while the day's spending is counted by all instances together, 0 while by this process alone."),
        MetricName.llmBatchesTotal: .init("Requests of a model that asked about several sentences."),
        MetricName.llmBatchedTotal: .init("Sentences asked about in such requests."),
        MetricName.circuitBreakerState: .init("State of a circuit breaker: 0 closed, 1 half-open, 2 open."),
        MetricName.circuitBreakerTransitionsTotal: .init("Changes of state of a circuit breaker."),
        MetricName.circuitBreakerShare: .init("Part of the calls that a circuit breaker lets through, 0 to 1."),
        MetricName.retryBudgetBalance: .init("Retries and hedges of an upstream that could be made at once."),
        MetricName.retriesTotal: .init("Calls of an upstream that were made again."),
        MetricName.hedgeDelay: .init("Time after which a read of an upstream is asked a second time, in seconds; 0 without hedging."),
        MetricName.hedgesTotal: .init("Second calls made because a read took long."),
        MetricName.hedgesWonTotal: .init("Second calls that were answered first."),
        MetricName.bulkheadLimit: .init("Calls of an upstream that may be made at the same time."),
        MetricName.bulkheadInside: .init("Calls of an upstream being made."),
        MetricName.bulkheadWaiting: .init("Calls of an upstream waiting for their turn."),
        MetricName.upstreamPause: .init("Time for which an upstream has asked to be left alone, in seconds."),
        MetricName.upstreamRefusedTotal: .init("Calls of an upstream that a guard did not let through."),
        MetricName.concurrencyLimit: .init("Submissions that may be under way in the ledger at the same time."),
        MetricName.concurrencyInFlight: .init("Submissions under way in the ledger."),
        MetricName.concurrencyShortest: .init("What a submission takes in the ledger that waits for nobody, in seconds."),
        MetricName.shedTotal: .init("Submissions refused because there is too much to do."),
        MetricName.shedLevel: .init("Priorities that are refused, counted from the lowest: 0 none to 4 all."),
        MetricName.llmRequestDuration: .init(
            "Time of one request to a language model, in seconds.",
            buckets: [0.005, 0.01, 0.05, 0.1, 0.2, 0.5, 0.8, 1, 2, 5, 8, 10, 30, 60]
        ),
        MetricName.llmRequestsTotal: .init("Requests to a language model."),
        MetricName.llmTokensTotal: .init("Tokens sent to and received from a language model."),
        MetricName.llmTokenCostsTotal: .init("Cost of the tokens, in US dollars."),
        MetricName.llmRequestsPerSecond: .init("Interpretations per second, over the last minute."),
        MetricName.ragQueryLatency: .init(
            "Time of one search, in seconds.",
            buckets: [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
        ),
        MetricName.ragDocuments: .init("Documents in the knowledge base."),
        MetricName.ragChunks: .init("Passages in the knowledge base."),
        MetricName.deploymentsTotal: .init("Network functions deployed."),
        MetricName.deploymentsFailedTotal: .init("Network functions whose deployment failed."),
        MetricName.oranRequestsTotal: .init("Requests over an O-RAN interface."),
        MetricName.oranRequestDuration: .init("Time of one request over an O-RAN interface, in seconds."),
        MetricName.healthCheckTotal: .init("Checks of a dependency."),
        MetricName.healthCheckSuccessTotal: .init("Checks of a dependency that succeeded."),
        MetricName.slaCompliance: .init("Share of checks or requests within the service level, in percent."),
        MetricName.authenticationAttempts: .init("Requests that presented, or should have presented, a key."),
        MetricName.certificateNotAfter: .init("End of a certificate's validity, in Unix seconds."),
        MetricName.connectionPoolInUse: .init("Connections of a pool that are in use."),
        MetricName.connectionPoolSize: .init("Connections a pool may hold."),
        MetricName.spansExportedTotal: .init("Spans that the collector of traces has taken."),
        MetricName.spansDroppedTotal: .init("Spans that were given up, by reason: the queue was full, or the collector away or unwilling."),
        MetricName.processCPUSeconds: .init("User and system time of the process, in seconds."),
        MetricName.processResidentBytes: .init("Resident memory of the process, in bytes."),
        MetricName.processVirtualBytes: .init("Virtual memory of the process, in bytes."),
        MetricName.processOpenFileDescriptors: .init("Open file descriptors."),
        MetricName.processMaximumFileDescriptors: .init("File descriptors the process may open."),
        MetricName.processStartTime: .init("Start of the process, in Unix seconds."),
    ]
}
