import Synchronization

/// The secrets that this process holds or has held: whoever repeats one, in an error of whichever peer, is not quoted with it.
///
/// A text is looked through once, however many there are: eight bytes at each place are held against a filter of how secrets begin.
package final class KnownSecrets: Sendable {
    package static let shared = KnownSecrets()

    /// What is shorter is no secret, or is found in too much that is none.
    static let shortest = 8
    /// The oldest are forgotten.
    static let most = 4_096

    private struct State {
        var known: Set<[UInt8]> = []
        /// In the order in which they came.
        var order: [[UInt8]] = []
        var index: Index?
    }

    private let state = Mutex(State())

    package init() {}

    /// Each line of `text` for itself: a file may hold a secret and the one before. Of `Bearer …` also what follows.
    package func add(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
        let words = lines.compactMap { line in line.lowercased().hasPrefix("bearer ") ? line.dropFirst(7) : nil }
        let secrets = (lines + words).map { Array($0.utf8) }.filter { $0.count >= Self.shortest }
        self.state.withLock { state in
            let new = secrets.filter { state.known.insert($0).inserted }
            guard !new.isEmpty else { return }
            state.order += new
            let excess = max(0, state.order.count - Self.most)
            for secret in state.order.prefix(excess) { state.known.remove(secret) }
            state.order.removeFirst(excess)
            state.index = Index(state.order)
        }
    }

    /// `text` without them.
    package func hidden(in text: String) -> String {
        guard let index = self.state.withLock({ $0.index }) else { return text }
        var text = text
        return text.withUTF8 { bytes in index.redacted(bytes) } ?? text
    }

    private final class Index: Sendable {
        private static let bits: UInt64 = 12
        /// A bit for the hash of what a secret begins with.
        private let filter: [UInt64]
        /// By their first eight bytes, longer ones first.
        private let secrets: [UInt64: [[UInt8]]]

        init(_ secrets: [[UInt8]]) {
            var filter = [UInt64](repeating: 0, count: 1 << (Self.bits - 6))
            var heads: [UInt64: [[UInt8]]] = [:]
            for secret in secrets {
                let head = secret.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
                let place = Self.place(head)
                filter[place >> 6] |= 1 << UInt64(place & 63)
                heads[head, default: []].append(secret)
            }
            self.filter = filter
            self.secrets = heads.mapValues { $0.sorted { $0.count > $1.count } }
        }

        private static func place(_ head: UInt64) -> Int { Int((head &* 0x9E37_79B9_7F4A_7C15) >> (64 - Self.bits)) }

        /// Nil when there is none.
        func redacted(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
            let last = bytes.count - KnownSecrets.shortest
            guard last >= 0 else { return nil }
            let raw = UnsafeRawBufferPointer(bytes)
            var result: [UInt8]?
            var (position, copied) = (0, 0)
            while position <= last {
                let head = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                let place = Self.place(head)
                guard self.filter[place >> 6] & (1 << UInt64(place & 63)) != 0,
                    let secret = self.secrets[head]?.first(where: { raw[position...].starts(with: $0) })
                else {
                    position += 1
                    continue
                }
                result = (result ?? []) + raw[copied..<position] + Array(Redaction.mark.utf8)
                position += secret.count
                copied = position
            }
            guard let result else { return nil }
            return String(decoding: result + raw[copied...], as: UTF8.self)
        }
    }
}
