import JSONSchema

/// Puts the chunks of a streamed completion together (Server-Sent Events, each a JSON object with a delta). Pure.
struct ChatStream: Sendable {
    private(set) var text: [UInt8] = []
    private(set) var usage: ModelUsage?
    private(set) var finish: String?
    /// The provider's message when it gives up in the middle.
    private(set) var error: String?
    /// `[DONE]` came, or a reason to finish: what is there is all there will be.
    private(set) var isComplete = false
    private var line: [UInt8] = []

    /// Bytes of text and of a single line; more is not a reading of a sentence.
    static let limit = 256 << 10

    mutating func read(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            if byte == 0x0a {
                self.readLine()
                self.line.removeAll(keepingCapacity: true)
            } else if self.line.count < Self.limit {
                self.line.append(byte)
            }
        }
    }

    /// What stood in the last line, when nothing ended it.
    mutating func end() {
        if !self.line.isEmpty { self.readLine() }
        self.line = []
    }

    private mutating func readLine() {
        if self.line.last == 0x0d { self.line.removeLast() }
        guard self.line.starts(with: "data:".utf8) else { return }
        var data = self.line.dropFirst(5)
        if data.first == 0x20 { data = data.dropFirst() }
        if data.elementsEqual("[DONE]".utf8) {
            self.isComplete = true
            return
        }
        guard let chunk = try? JSONValue(parsing: data) else {
            self.error = self.error ?? "a chunk is not JSON"
            return
        }
        if let error = chunk["error"] { self.error = error["message"]?.string ?? error.string ?? "an error" }
        if let usage = ChatCompletion.usage(chunk["usage"]) { self.usage = usage }
        guard let choice = chunk["choices"]?[0] else { return }
        if let delta = choice["delta"]?["content"]?.string, self.text.count < Self.limit { self.text += Array(delta.utf8) }
        if let reason = choice["finish_reason"]?.string {
            self.finish = reason
            self.isComplete = true
        }
    }
}
