import AccessControl
import Hummingbird
import IntentModel
import Ledger
import ServiceLifecycle
import ServiceRuntime

/// Server-Sent Events: each transition once, in order, resumable.
struct EventController: Sendable {
    let ledger: Ledger
    let feed: EventFeed
    let reader: IntentReader

    private static let headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]

    func addRoutes(to router: some RouterMethods<AppContext>) {
        router.get("/v1/intents/{id}/events", use: self.intent)
        router.get("/v1/events", use: self.all)
    }

    /// The id of an event is its 1-based index in the intent's history. Ends with the intent.
    @Sendable private func intent(_ request: Request, context: AppContext) async throws -> Response {
        let found = try await self.reader.find(context, .intentsRead)
        var last = 0
        if let header = request.headers[HeaderName.lastEventID] {
            guard let number = Int(header), number >= 0 else {
                throw ProblemError(.badRequest, code: "invalid_header", detail: "Last-Event-ID must be a number.")
            }
            last = number
        }
        let snapshot: RecordSnapshot
        switch found {
        case .live(let live): snapshot = live
        case .archived(let id, let record): return try Self.past(id, LedgerJSON.decode(IntentRecord.self, record).history, after: last)
        }
        guard last <= snapshot.sequence else { throw Self.unknownEvent }
        let (ledger, id, start) = (self.ledger, snapshot.id, last)
        let events = await self.feed.listen(to: id)
        return Response(
            status: .ok, headers: Self.headers,
            body: ResponseBody { writer in
                var last = start
                /// Writes what the history holds beyond `last`; true once the intent has ended.
                func catchUp(_ writer: inout any ResponseBodyWriter) async throws -> Bool {
                    guard let snapshot = try await ledger.read(id) else { return true }
                    for (index, entry) in snapshot.historyLines.enumerated() where index >= last {
                        try await writer.write(Self.frame(id: "\(index + 1)", intent: id, entry: entry))
                        last = index + 1
                    }
                    return snapshot.phase.isTerminal
                }
                try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
                var hasEnded = try await catchUp(&writer)
                if !hasEnded {
                    for try await event in events.withHeartbeat() {
                        guard let event else {
                            try await writer.write(ByteBuffer(string: ": \n\n"))
                            continue
                        }
                        if event.sequence <= last { continue }
                        if event.sequence > last + 1 {
                            hasEnded = try await catchUp(&writer)
                        } else {
                            try await writer.write(Self.frame(id: "\(event.sequence)", intent: id, entry: event.entry))
                            last = event.sequence
                            hasEnded = event.phase?.isTerminal ?? false
                        }
                        if hasEnded { break }
                    }
                }
                try await writer.finish(nil)
            }
        )
    }

    private static let unknownEvent = ProblemError(.badRequest, code: "invalid_header", detail: "Last-Event-ID is none that was ever given for this intent.")

    /// The events of an intent that is in the archive only: all there will ever be.
    private static func past(_ id: IntentID, _ history: [HistoryEntry], after last: Int) throws -> Response {
        guard last <= history.count else { throw self.unknownEvent }
        var body = ByteBuffer(string: "retry: 1000\n\n")
        for (index, entry) in history.enumerated() where index >= last {
            var frame = Self.frame(id: "\(index + 1)", intent: id, entry: try LedgerJSON.encode(entry))
            body.writeBuffer(&frame)
        }
        return Response(status: .ok, headers: Self.headers, body: ResponseBody(byteBuffer: body))
    }

    /// The id of an event is the position in every partition, so that a reader may resume anywhere.
    @Sendable private func all(_ request: Request, context: AppContext) async throws -> Response {
        try context.requirePrincipal(.intentsRead).requireInstallation("The feed of all intents")
        let resume = try request.headers[HeaderName.lastEventID].map { try FeedCursor($0) }
        let ledger = self.ledger
        // Before the head of the response: who has it misses nothing from then on.
        let (events, positions) = await self.feed.listenToAll()
        let beginning = (resume ?? FeedCursor()).completed(with: positions)
        return Response(
            status: .ok, headers: Self.headers,
            body: ResponseBody { writer in
                var cursor = beginning
                // Who loses the stream before its first event resumes from where it began; a feed that is being stopped begins nowhere.
                let id = cursor.positions.count < ledger.partitions.count ? "" : "id: \(cursor.description)\n"
                try await writer.write(ByteBuffer(string: "\(id)retry: 1000\n\n"))
                for (partition, position) in resume == nil ? [] : cursor.positions.sorted(by: { $0.key < $1.key }) {
                    var position = position
                    while true {
                        let page = try await ledger.events(partition: partition, after: position, limit: 500)
                        for event in page {
                            cursor[partition] = event.position
                            try await writer.write(Self.frame(id: cursor.description, intent: event.id, entry: event.entry))
                        }
                        guard let next = page.last?.position else { break }
                        position = next
                    }
                }
                let batches = EventBatches(events)
                while let batch = await batches.next() {
                    // Nothing for a while: so that proxies and dead clients are noticed.
                    var frames = ByteBuffer(string: batch.isEmpty ? ": \n\n" : "")
                    for event in batch where cursor.advance(event.partition, to: event.position) {
                        Self.write(event.entry, of: event.id, id: cursor.description, into: &frames)
                    }
                    if frames.readableBytes > 0 { try await writer.write(frames) }
                }
                try await writer.finish(nil)
            }
        )
    }

    /// One frame; the data is the history entry with the intent's id in front.
    static func frame(id: String, intent: IntentID, entry: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(entry.count + 120)
        self.write(entry, of: intent, id: id, into: &buffer)
        return buffer
    }

    private static func write(_ entry: [UInt8], of intent: IntentID, id: String, into buffer: inout ByteBuffer) {
        buffer.writeString("id: ")
        buffer.writeString(id)
        buffer.writeString("\nevent: phase\ndata: {\"id\":\"")
        buffer.writeString(intent.description)
        buffer.writeString("\",")
        buffer.writeBytes(entry.dropFirst())
        buffer.writeString("\n\n")
    }
}

/// The position in each partition's stream, as `p.ms-n` joined by commas. Every event of the feed carries one: the text is put together of pieces that
/// are kept in their order.
struct FeedCursor: CustomStringConvertible {
    private struct Piece {
        var partition: Int
        var position: String
        /// `position` as numbers.
        var place: (Int64, Int64)
        /// `p.ms-n`.
        var text: String

        init(_ partition: Int, _ position: String, _ place: (Int64, Int64)) {
            (self.partition, self.position, self.place) = (partition, position, place)
            self.text = "\(partition).\(position)"
        }
    }

    /// By partition.
    private var pieces: [Piece] = []

    init() {}

    /// An empty one is of who has seen nothing.
    init(_ text: String) throws {
        guard !text.isEmpty else { return }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: ".", omittingEmptySubsequences: false)
            guard pieces.count == 2, let partition = Int(pieces[0]), "\(partition)" == pieces[0], (0..<1_000).contains(partition),
                Self.parse(String(pieces[1])) != nil
            else {
                throw ProblemError(.badRequest, code: "invalid_header", detail: "Last-Event-ID is none that this feed has given.")
            }
            self[partition] = String(pieces[1])
        }
    }

    private func index(of partition: Int) -> (index: Int, isThere: Bool) {
        let index = self.pieces.firstIndex { $0.partition >= partition } ?? self.pieces.count
        return (index, index < self.pieces.count && self.pieces[index].partition == partition)
    }

    private mutating func put(_ piece: Piece) {
        let (index, isThere) = self.index(of: piece.partition)
        if isThere { self.pieces[index] = piece } else { self.pieces.insert(piece, at: index) }
    }

    subscript(partition: Int) -> String? {
        get {
            let (index, isThere) = self.index(of: partition)
            return isThere ? self.pieces[index].position : nil
        }
        set {
            guard let newValue else { return self.pieces.removeAll { $0.partition == partition } }
            self.put(Piece(partition, newValue, Self.parse(newValue) ?? (0, 0)))
        }
    }

    var positions: [Int: String] { Dictionary(uniqueKeysWithValues: self.pieces.map { ($0.partition, $0.position) }) }

    /// With the positions of the partitions it does not name. Every cursor that is handed out names all of them: an event of a
    /// partition that was quiet so far must not be missed by who resumes.
    func completed(with positions: [Int: String]) -> FeedCursor {
        var cursor = self
        for (partition, position) in positions where cursor[partition] == nil { cursor[partition] = position }
        return cursor
    }

    /// False when the event was seen already.
    mutating func advance(_ partition: Int, to position: String) -> Bool {
        guard let place = Self.parse(position) else { return true }
        let (index, isThere) = self.index(of: partition)
        if isThere, place <= self.pieces[index].place { return false }
        self.put(Piece(partition, position, place))
        return true
    }

    var description: String {
        var text = ""
        text.reserveCapacity(self.pieces.count * 22)
        for piece in self.pieces {
            if !text.isEmpty { text.append(",") }
            text.append(piece.text)
        }
        return text
    }

    /// `ms-n` as numbers.
    static func parse(_ text: String) -> (Int64, Int64)? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let time = Int64(parts[0]), let number = Int64(parts[1]), "\(time)-\(number)" == text else { return nil }
        return (time, number)
    }
}

extension AsyncStream where Element == LedgerEvent {
    /// The events, and nil after every 15 seconds, so that proxies and dead clients are noticed. Ends for a client that is 8,192 events
    /// behind: it comes again with the last one it has, and misses none.
    func withHeartbeat() -> AsyncStream<LedgerEvent?> {
        let (stream, continuation) = AsyncStream<LedgerEvent?>.makeStream(bufferingPolicy: .bufferingOldest(8192))
        let events = self
        let forward = Task {
            for await event in events {
                if case .dropped = continuation.yield(event) { break }
            }
            continuation.finish()
        }
        let beat = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(15))
                continuation.yield(nil)
            }
        }
        continuation.onTermination = { _ in
            forward.cancel()
            beat.cancel()
        }
        return stream
    }
}
