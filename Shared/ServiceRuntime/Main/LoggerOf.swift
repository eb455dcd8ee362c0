import Logging

/// Loggers of the packages beneath, which tell more than an operator asked for.
enum LoggerOf {
    /// swift-service-lifecycle tells of every service at `debug` and repeats errors that are reported here.
    static func lifecycle(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = .critical
        return logger
    }
}
