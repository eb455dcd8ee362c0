import Synchronization
package import Telemetry

/// `nephoran_cache_*` and `nephoran_coalesced_total` of one layered cache: its own counts, brought into the registry when it is scraped.
package enum CacheMetrics {
    /// - Parameters:
    ///   - name: label `cache`.
    ///   - statistics: of the cache that is in use; a cache that takes its place may start its counts anew.
    package static func export(_ name: String, to registry: PrometheusRegistry, _ statistics: @escaping @Sendable () -> LayeredCache.Statistics) {
        let seen = Mutex<[String: UInt64]>([:])
        registry.beforeExposing { registry in
            func grow(_ metric: String, _ labels: [(String, String)], to value: UInt64) {
                // A counter only grows, whatever is cleared.
                let grown = seen.withLock { seen in
                    let key = labels.reduce(metric) { $0 + " " + $1.1 }
                    let before = seen[key] ?? 0
                    seen[key] = value
                    return value >= before ? value - before : value
                }
                registry.counter(metric, labels).increment(by: Int64(clamping: grown))
            }
            let statistics = statistics()
            for (level, counts) in [("l1", statistics.memory), ("l2", statistics.redis)] {
                let labels = [("cache", name), ("cache_level", level)]
                grow(MetricName.cacheRequestsTotal, labels, to: counts.requests)
                grow(MetricName.cacheHitsTotal, labels, to: counts.hits)
                grow(MetricName.cacheMissesTotal, labels, to: counts.misses)
                grow(MetricName.cacheEvictionsTotal, labels, to: counts.evictions)
                registry.gauge(MetricName.cacheBytes, labels).set(Double(counts.bytes))
            }
            grow(MetricName.coalescedTotal, [("cache", name)], to: statistics.coalesced)
        }
    }
}
