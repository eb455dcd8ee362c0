import Telemetry

/// Where spans go and which: OpenTelemetry's own settings (specification, "OTLP Exporter" and "SDK environment variables").
package enum TraceSettings {
    static let endpoint = SettingKey.url(
        "OTEL_EXPORTER_OTLP_ENDPOINT", "Collector that spans are sent to by OTLP/HTTP, below /v1/traces; without it nothing is traced.")
    /// Checked as it is read, so that a file of it that is wrong later on changes nothing.
    static let headers = SettingKey<String?>(
        "OTEL_EXPORTER_OTLP_HEADERS", default: nil, defaultText: nil,
        allowed: "name=value pairs separated by commas, percent-encoded, or a path in OTEL_EXPORTER_OTLP_HEADERS_FILE", isSecret: true,
        "Headers for it: name=value,…, percent-encoded."
    ) { text in
        if text.isEmpty { return .some(nil) }
        do { _ = try TraceSettings.headers(text) } catch { return nil }
        return .some(text)
    }
    static let sampler = SettingKey.choice(
        "OTEL_TRACES_SAMPLER", default: "parentbased_always_on", of: TraceSampler.names,
        "Which traces are recorded; a parent-based one does as the caller's traceparent says.")
    static let samplerArgument = SettingKey.number(
        "OTEL_TRACES_SAMPLER_ARG", default: 1, in: 0...1, "The part of traces that a sampler by ratio records.")
    static let serviceName = SettingKey.optionalString("OTEL_SERVICE_NAME", "service.name of the spans, instead of the service's own.")

    static let declarations = [
        endpoint.declaration, headers.declaration, sampler.declaration, samplerArgument.declaration, serviceName.declaration,
    ]

    /// - Throws: ``InvalidSetting`` when what `OTEL_EXPORTER_OTLP_HEADERS` holds is no list of headers. Never says what it holds.
    static func headers(_ text: String?) throws(InvalidSetting) -> [(String, String)] {
        var headers: [(String, String)] = []
        for part in (text ?? "").split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = pair[0].trimmingSpaces
            guard pair.count == 2, !name.isEmpty, name.utf8.allSatisfy({ Self.isToken($0) }), let value = Self.decoded(pair[1].trimmingSpaces) else {
                throw InvalidSetting(key: "OTEL_EXPORTER_OTLP_HEADERS", value: "***", allowed: "name=value pairs separated by commas, percent-encoded")
            }
            headers.append((name.lowercased(), value))
        }
        return headers
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
    }

    /// Nil for a broken escape, or for what must not be in a header.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
