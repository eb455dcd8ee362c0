/// Splits a stream of bytes into Server-Sent Events (WHATWG HTML §9.2.6), as far as the gateway uses them: comments are skipped.
struct ServerSentEvents: Sendable {
    struct Event: Sendable, Equatable {
        var id: String?
        var name: String?
        var data = ""
    }

    private var line: [UInt8] = []
    private var event = Event()
    private var hasData = false
    private var lastWasReturn = false

    /// The events that `bytes` complete.
    mutating func feed(_ bytes: some Sequence<UInt8>) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            let endsLine = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            defer { self.lastWasReturn = byte == UInt8(ascii: "\r") }
            if byte == UInt8(ascii: "\n"), self.lastWasReturn { continue }
            guard endsLine else {
                self.line.append(byte)
                continue
            }
            if self.line.isEmpty {
                if self.hasData { events.append(self.event) }
                self.event = Event()
                self.hasData = false
            } else {
                self.take(String(decoding: self.line, as: UTF8.self))
            }
            self.line.removeAll(keepingCapacity: true)
        }
        return events
    }

    private mutating func take(_ line: String) {
        guard !line.hasPrefix(":") else { return }
        let colon = line.firstIndex(of: ":") ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == " " { value = value.dropFirst() }
        switch line[..<colon] {
        case "id": self.event.id = String(value)
        case "event": self.event.name = String(value)
        case "data":
            self.event.data += (self.hasData ? "\n" : "") + value
            self.hasData = true
        default: break
        }
    }
}
