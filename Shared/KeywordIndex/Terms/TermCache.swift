/// Remembers what words were made into, because texts use the same few thousand over and over: looking one up costs a third of stemming it.
///
/// A place for each of 8,192 spellings, the newest wins. For one thread at a time.
final class TermCache {
    private static let bits = 13

    private let places: UnsafeMutablePointer<(spelling: UInt64, term: UInt64)>

    init() {
        self.places = .allocate(capacity: 1 << Self.bits)
        self.places.initialize(repeating: (0, 0), count: 1 << Self.bits)
    }

    deinit { self.places.deallocate() }

    @inline(__always)
    func term(of spelling: UInt64) -> UInt64? {
        let place = self.places[Int(spelling >> UInt64(64 - Self.bits))]
        return place.spelling == spelling ? place.term : nil
    }

    @inline(__always)
    func keep(_ term: UInt64, of spelling: UInt64) { self.places[Int(spelling >> UInt64(64 - Self.bits))] = (spelling, term) }
}
