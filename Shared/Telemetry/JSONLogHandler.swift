package import Logging
import IntentModel

/// One line of JSON per event: `ts`, `level`, `service`, `logger`, `message`, then the metadata, flat and sorted by key.
package struct JSONLogHandler: LogHandler {
    private let label: String
    private let service: String
    private let shared: LogLevel
    private let sink: LogSink
    private var ownLevel: Logger.Level?

    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    package init(
        label: String, service: String, level: LogLevel = .shared, sink: LogSink = .standardOutput, metadataProvider: Logger.MetadataProvider? = nil
    ) {
        self.label = label
        self.service = service
        self.shared = level
        self.sink = sink
        self.metadataProvider = metadataProvider
    }

    /// The process's level unless this logger was given its own.
    package var logLevel: Logger.Level {
        get { self.ownLevel ?? self.shared.value }
        set { self.ownLevel = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        self.sink.write(self.line(for: event, at: Timestamp.now()))
    }

    func line(for event: LogEvent, at milliseconds: Int64) -> [UInt8] {
        var line = LogLine()
        line.add("ts", Timestamp.text(milliseconds))
        line.add("level", event.level.rawValue)
        line.add("service", self.service)
        line.add("logger", self.label)
        line.add("message", event.message.description)
        var all = self.metadata
        if let provided = self.metadataProvider?.get() { all.merge(provided) { $1 } }
        if let given = event.metadata { all.merge(given) { $1 } }
        if let error = event.error, all["error"] == nil { all["error"] = .string("\(error)") }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line.add(Self.ownKeys.contains(key) ? "metadata.\(key)" : key, value)
        }
        return line.finish()
    }

    private static let ownKeys: Set<String> = ["ts", "level", "service", "logger", "message"]
}
