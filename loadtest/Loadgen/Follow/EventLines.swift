import IntentModel

/// Server-Sent Events cut into lines, and what of them matters here: which intent is in which phase, and where to resume.
struct EventLines {
    struct Event: Equatable {
        var key: IntentKey
        var phase: Phase
    }

    private(set) var lastID: [UInt8] = []
    private var line: [UInt8] = []
    private static let phaseMember = Array(#""phase":""#.utf8)

    /// The events that end in these bytes.
    mutating func take(_ bytes: [UInt8]) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                if self.line.count < 64 << 10 { self.line.append(byte) }
                continue
            }
            if let event = self.read() { events.append(event) }
            self.line.removeAll(keepingCapacity: true)
        }
        return events
    }

    private mutating func read() -> Event? {
        if self.line.starts(with: "id: ".utf8) {
            self.lastID = Array(self.line.dropFirst(4))
            return nil
        }
        guard self.line.starts(with: "data: ".utf8), let key = IntentKey.first(in: self.line),
            let found = self.line.firstRange(of: Self.phaseMember),
            let phase = Phase(rawValue: String(decoding: self.line[found.upperBound...].prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self))
        else { return nil }
        return Event(key: key, phase: phase)
    }
}
