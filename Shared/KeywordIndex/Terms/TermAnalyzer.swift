import Foundation

/// Cuts a text into the terms it is indexed under.
///
/// Names of the field stay whole: `5QI`, `N3`, `n78`, `23.501`, `v3.4.5`. Compounds are found by their parts and as one: `S-NSSAI` is
/// "nssai" and "snssai", `NearRT-RIC` is "near", "rt", "ric" and "nearrt", like `Near-RT RIC`. English words are stemmed, accents
/// are dropped, scripts without spaces are cut into pairs of characters. Bytes that are no UTF-8 separate words.
package struct TermAnalyzer: Sendable {
    /// Words are cut off after these: no text makes a term that is longer.
    static let maxBytes = 64

    package init() {}

    @inlinable
    package func forEachTerm(in text: String, _ body: (TermOccurrence) -> Void) {
        var text = text
        text.withUTF8 { self.forEachTerm(in: $0, body) }
    }

    package func forEachTerm(in text: UnsafeBufferPointer<UInt8>, _ body: (TermOccurrence) -> Void) {
        self.forEachTerm(in: text, filter: nil, cache: nil, body)
    }

    /// Only words that can be one of the filter's terms; others are left out as far as is quickly seen.
    package func forEachTerm(in text: UnsafeBufferPointer<UInt8>, filter: TermFilter, _ body: (TermOccurrence) -> Void) {
        self.forEachTerm(in: text, filter: filter, cache: nil, body)
    }

    func forEachTerm(in text: UnsafeBufferPointer<UInt8>, filter: TermFilter?, cache: TermCache?, _ body: (TermOccurrence) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.maxBytes * 4) { scratch in
            guard let scratch = scratch.baseAddress else { return }
            var reading = WordReading(text: text, scratch: scratch, filter: filter, cache: cache)
            while reading.next() { reading.emit(body) }
        }
    }

    /// The terms of a query with the words they were made of, in order, each once.
    package func terms(of text: String) -> [(term: UInt64, word: String)] {
        var terms: [(UInt64, String)] = []
        var seen: Set<UInt64> = []
        let bytes = Array(text.utf8)
        bytes.withUnsafeBufferPointer { bytes in
            self.forEachTerm(in: bytes) { occurrence in
                guard seen.insert(occurrence.term).inserted else { return }
                terms.append((occurrence.term, String(decoding: bytes[occurrence.range], as: UTF8.self).lowercased()))
            }
        }
        return terms
    }

    /// The name of a word that is known to be one; nil when it is none.
    package func term(of word: String) -> UInt64? { self.terms(of: word).first?.term }
}
