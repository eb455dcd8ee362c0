import Hummingbird
import JSONSchema

/// One watch that is open.
struct FakeWatcher: Sendable {
    struct Dropped: Error {}

    let kind: FakeKind
    let namespace: String?
    let selector: FakeSelector
    let allowsBookmarks: Bool
    let continuation: AsyncThrowingStream<ByteBuffer, any Error>.Continuation
    /// Events up to this version are on their way.
    var sent: Int

    func offer(_ event: FakeObjects.Event) {
        guard event.kind == self.kind, self.namespace == nil || event.object["metadata"]?["namespace"]?.string == self.namespace else { return }
        let isMeant = self.selector.accepts(event.object)
        let wasMeant = event.old.map(self.selector.accepts) ?? false
        // An object that no longer fits the selector has gone for who watches, and the other way round.
        switch (event.type, wasMeant, isMeant) {
        case ("DELETED", true, _), ("MODIFIED", true, false): self.send("DELETED", event.object)
        case ("MODIFIED", false, true): self.send("ADDED", event.object)
        case (let type, _, true) where type != "DELETED": self.send(type, event.object)
        default: break
        }
    }

    func send(_ type: String, _ object: JSONValue) {
        let event: JSONValue = ["type": .string(type), "object": object]
        self.continuation.yield(ByteBuffer(bytes: event.bytes + [UInt8(ascii: "\n")]))
    }

    func sendBookmark(_ version: Int) {
        self.send(
            "BOOKMARK",
            [
                "apiVersion": .string(self.kind.apiVersion), "kind": .string(self.kind.kind),
                "metadata": ["resourceVersion": .string("\(version)"), "creationTimestamp": .null],
            ])
    }
}
