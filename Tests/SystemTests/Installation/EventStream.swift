import Foundation
import HTTPFetch
import IntentModel

/// Server-Sent Events as they arrive: comments and empty frames are left out.
struct EventStream {
    struct Event: Sendable, Equatable {
        var id: String
        var name: String
        var data: String

        private struct Transition: Decodable {
            var id: IntentID
            var phase: Phase
        }

        private var transition: Transition? { try? JSONDecoder().decode(Transition.self, from: Data(self.data.utf8)) }
        var intent: IntentID? { self.transition?.id }
        var phase: Phase? { self.transition?.phase }
    }

    let status: Int
    let contentType: String?
    private var chunks: FetchStream.Iterator
    private var rest = ""

    init(_ stream: FetchStream) {
        self.status = stream.status
        self.contentType = stream.header("content-type")
        self.chunks = stream.makeAsyncIterator()
    }

    /// Nil when the server has ended the stream.
    mutating func next() async throws -> Event? {
        while true {
            while let end = self.rest.range(of: "\n\n") {
                let frame = self.rest[..<end.lowerBound]
                self.rest = String(self.rest[end.upperBound...])
                if let event = Self.event(frame) { return event }
            }
            guard let chunk = try await self.chunks.next() else { return nil }
            self.rest += String(decoding: chunk, as: UTF8.self)
        }
    }

    /// Events up to and with the first that `isLast`, or to the end of the stream.
    mutating func collect(until isLast: (Event) -> Bool = { _ in false }) async throws -> [Event] {
        var events: [Event] = []
        while let event = try await self.next() {
            events.append(event)
            if isLast(event) { break }
        }
        return events
    }

    private static func event(_ frame: Substring) -> Event? {
        var event = Event(id: "", name: "", data: "")
        for line in frame.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = String(parts[1].drop { $0 == " " })
            switch parts[0] {
            case "id": event.id = value
            case "event": event.name = value
            case "data": event.data += value
            default: break
            }
        }
        return event.data.isEmpty ? nil : event
    }
}
