import Resilience

/// How a service treats the systems it calls; the same for all of them, unless the service's wiring says otherwise for one.
package enum ResilienceSettings {
    static let breaker = SettingKey.flag("CIRCUIT_BREAKER_ENABLED", default: true, "Leave an upstream alone that fails or is slow.")
    static let threshold = SettingKey.integer(
        "CIRCUIT_BREAKER_THRESHOLD", default: 5, in: 1...10_000, "Failures in a row after which an upstream is left alone.")
    static let timeout = SettingKey.duration(
        "CIRCUIT_BREAKER_TIMEOUT", default: .seconds(30), in: .milliseconds(100)...(.seconds(3_600)),
        "Longest time until an upstream is tried again; a thirtieth of it at first, twice as long after each probe that fails.")
    static let failureRatio = SettingKey.number(
        "CIRCUIT_BREAKER_FAILURE_RATIO", default: 0.5, in: 0.01...1, "Part of the calls within the window that, failing, open the breaker.")
    static let slowCall = SettingKey.duration(
        "CIRCUIT_BREAKER_SLOW_CALL", default: .seconds(5), in: .milliseconds(1)...(.seconds(600)), "A call of another service that takes this long is slow.")
    static let slowRatio = SettingKey.number(
        "CIRCUIT_BREAKER_SLOW_RATIO", default: 0.8, in: 0.01...1, "Part of the calls within the window that, being slow, open the breaker.")
    static let window = SettingKey.duration(
        "CIRCUIT_BREAKER_WINDOW", default: .seconds(30), in: .seconds(1)...(.seconds(3_600)), "Window of both parts.")
    static let rampUp = SettingKey.duration(
        "CIRCUIT_BREAKER_RAMP_UP", default: .seconds(5), in: .zero ... .seconds(600),
        "Time in which an upstream that is back gets a growing share of its calls.")
    static let retryRatio = SettingKey.number("RETRY_BUDGET_RATIO", default: 0.2, in: 0...1, "Retries and hedges for each call of an upstream.")
    static let retriesPerSecond = SettingKey.number(
        "RETRY_BUDGET_PER_SECOND", default: 10, in: 0...10_000, "Retries and hedges a second that an upstream gets whatever its calls.")
    static let hedge = SettingKey.flag("HEDGE_ENABLED", default: true, "Ask a second time when a read takes longer than 95 of 100 did.")
    static let hedgeDelay = SettingKey.duration(
        "HEDGE_MIN_DELAY", default: .milliseconds(10), in: .milliseconds(1)...(.seconds(60)), "Least time before a second read.")
    static let concurrency = SettingKey.integer("BULKHEAD_LIMIT", default: 64, in: 1...10_000, "Calls of one service at the same time.")
    static let waiting = SettingKey.integer("BULKHEAD_QUEUE", default: 256, in: 0...100_000, "Calls of one service that may wait for their turn.")
    static let wait = SettingKey.duration("BULKHEAD_WAIT", default: .seconds(1), in: .zero ... .seconds(60), "Longest wait for a turn.")

    package static let declarations = [
        breaker.declaration, threshold.declaration, timeout.declaration, failureRatio.declaration, slowCall.declaration, slowRatio.declaration,
        window.declaration, rampUp.declaration, retryRatio.declaration, retriesPerSecond.declaration, hedge.declaration, hedgeDelay.declaration,
        concurrency.declaration, waiting.declaration, wait.declaration,
    ]

    static func configuration(_ settings: Settings) -> Upstream.Configuration {
        var configuration = Upstream.Configuration()
        configuration.breaker = CircuitBreaker.Configuration(
            isEnabled: settings[self.breaker], consecutiveFailures: settings[self.threshold], failureRatio: settings[self.failureRatio],
            window: settings[self.window], slowCall: settings[self.slowCall], slowRatio: settings[self.slowRatio], openFor: settings[self.timeout] / 30,
            openAtMost: settings[self.timeout], rampUp: settings[self.rampUp])
        configuration.retryRatio = settings[self.retryRatio]
        configuration.retriesPerSecond = settings[self.retriesPerSecond]
        configuration.hedge.isEnabled = settings[self.hedge]
        configuration.hedge.least = settings[self.hedgeDelay]
        configuration.hedge.most = max(configuration.hedge.most, settings[self.hedgeDelay])
        configuration.concurrency = settings[self.concurrency]
        configuration.waiting = settings[self.waiting]
        configuration.waitAtMost = settings[self.wait]
        return configuration
    }
}
