import Caching
import ServiceRuntime
import Synchronization
import Telemetry

/// `nephoran_cache_*`: brings the caches' own counts into the registry when it is scraped.
struct CacheGauges: Sendable {
    let registry: PrometheusRegistry
    let cache: LayeredAnswerCache

    func register() {
        let seen = Mutex<[String: UInt64]>([:])
        let cache = self.cache
        self.registry.beforeExposing { registry in
            let statistics = cache.statistics
            for (level, counts) in [("l1", statistics.memory), ("l2", statistics.redis)] {
                let labels = [("cache", "search"), ("cache_level", level)]
                for (name, value) in [
                    (MetricName.cacheRequestsTotal, counts.requests), (MetricName.cacheHitsTotal, counts.hits), (MetricName.cacheMissesTotal, counts.misses),
                    (MetricName.cacheEvictionsTotal, counts.evictions),
                ] {
                    // Clearing a cache starts its counts anew; a counter only grows.
                    let grown = seen.withLock { seen in
                        let before = seen["\(name) \(level)"] ?? 0
                        seen["\(name) \(level)"] = value
                        return value >= before ? value - before : value
                    }
                    registry.counter(name, labels).increment(by: Int64(grown))
                }
                registry.gauge(MetricName.cacheBytes, labels).set(Double(counts.bytes))
            }
        }
    }
}
