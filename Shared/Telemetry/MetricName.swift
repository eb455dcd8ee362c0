/// The names scrapers, rules and dashboards rely on. A name used anywhere else in the code is a mistake.
package enum MetricName {
    package static let httpRequestsTotal = "http_requests_total"
    package static let httpRequestDuration = "http_request_duration_seconds"

    package static let intentsProcessedTotal = "nephoran_intents_processed_total"
    package static let intentDuration = "nephoran_intent_duration_seconds"
    package static let processingTotal = "nephoran_processing_total"
    package static let processingErrorsTotal = "nephoran_processing_errors_total"
    package static let processingDuration = "nephoran_processing_duration_seconds"

    package static let queueDepth = "nephoran_queue_depth"
    package static let queueAge = "nephoran_queue_age_seconds"
    package static let deadLetters = "nephoran_dead_letters"
    package static let callbacksTotal = "nephoran_callbacks_total"

    package static let ledgerBytes = "nephoran_ledger_bytes"
    package static let ledgerLiveIntents = "nephoran_ledger_live_intents"
    package static let ledgerBytesPerIntent = "nephoran_ledger_bytes_per_intent"
    package static let archiveBytes = "nephoran_archive_bytes"
    package static let archiveIntents = "nephoran_archive_intents"

    package static let cacheRequestsTotal = "nephoran_cache_requests_total"
    package static let cacheHitsTotal = "nephoran_cache_hits_total"
    package static let cacheMissesTotal = "nephoran_cache_misses_total"
    package static let cacheEvictionsTotal = "nephoran_cache_evictions_total"
    package static let cacheBytes = "nephoran_cache_bytes"

    package static let circuitBreakerState = "nephoran_circuit_breaker_state"
    package static let circuitBreakerTransitionsTotal = "nephoran_circuit_breaker_transitions_total"
    package static let circuitBreakerShare = "nephoran_circuit_breaker_share"
    package static let retryBudgetBalance = "nephoran_retry_budget_balance"
    package static let retriesTotal = "nephoran_retries_total"
    package static let hedgeDelay = "nephoran_hedge_delay_seconds"
    package static let hedgesTotal = "nephoran_hedges_total"
    package static let hedgesWonTotal = "nephoran_hedges_won_total"
    package static let bulkheadLimit = "nephoran_bulkhead_limit"
    package static let bulkheadInside = "nephoran_bulkhead_inside"
    package static let bulkheadWaiting = "nephoran_bulkhead_waiting"
    package static let upstreamPause = "nephoran_upstream_pause_seconds"
    package static let upstreamRefusedTotal = "nephoran_upstream_refused_total"
    package static let concurrencyLimit = "nephoran_concurrency_limit"
    package static let concurrencyInFlight = "nephoran_concurrency_in_flight"
    package static let concurrencyShortest = "nephoran_concurrency_shortest_seconds"
    package static let shedTotal = "nephoran_shed_total"
    package static let shedLevel = "nephoran_shed_level"

    package static let llmRequestDuration = "llm_request_duration_seconds"
    package static let llmRequestsTotal = "llm_requests_total"
    package static let llmTokensTotal = "llm_tokens_total"
    package static let llmTokenCostsTotal = "llm_token_costs_usd_total"
    package static let llmRequestsPerSecond = "llm_requests_per_second"

    package static let ragQueryLatency = "rag_query_latency_seconds"
    package static let ragDocuments = "rag_documents"
    package static let ragChunks = "rag_chunks"

    package static let deploymentsTotal = "network_function_deployments_total"
    package static let deploymentsFailedTotal = "network_function_deployments_failed_total"

    package static let oranRequestsTotal = "oran_requests_total"
    package static let oranRequestDuration = "oran_request_duration_seconds"

    package static let healthCheckTotal = "nephoran_health_check_total"
    package static let healthCheckSuccessTotal = "nephoran_health_check_success_total"
    package static let slaCompliance = "nephoran_sla_compliance_percentage"

    package static let authenticationAttempts = "authentication_attempts"
    package static let certificateNotAfter = "cert_exporter_not_after"

    package static let connectionPoolInUse = "connection_pool_in_use"
    package static let connectionPoolSize = "connection_pool_size"

    package static let processCPUSeconds = "process_cpu_seconds_total"
    package static let processResidentBytes = "process_resident_memory_bytes"
    package static let processVirtualBytes = "process_virtual_memory_bytes"
    package static let processOpenFileDescriptors = "process_open_fds"
    package static let processMaximumFileDescriptors = "process_max_fds"
    package static let processStartTime = "process_start_time_seconds"
}
