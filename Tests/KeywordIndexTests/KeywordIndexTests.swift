import Foundation
import TestSupport
import Testing

@testable import KeywordIndex

/// The same formula without an index, passage by passage.
private struct PlainBM25 {
    let weights: FieldWeights
    var passages: [IndexedPassage] = []

    private func counts(_ passage: IndexedPassage) -> (terms: [UInt64: Int], length: Int) {
        var terms: [UInt64: Int] = [:]
        var length = 0
        for (text, weight) in [(passage.title, self.weights.title), (passage.heading, self.weights.heading), (passage.text, self.weights.text)] {
            TermAnalyzer().forEachTerm(in: text) { occurrence in
                terms[occurrence.term & ~0xff, default: 0] += weight
                if !occurrence.isCompound { length += weight }
            }
        }
        return (terms, length)
    }

    func scores(_ query: KeywordQuery) -> [Int64: Double] {
        let all = self.passages.map { (number: $0.number, counts: self.counts($0)) }
        let average = Double(all.reduce(0) { $0 + $1.counts.length }) / Double(max(1, all.count))
        var scores: [Int64: Double] = [:]
        for term in query.terms {
            let holding = all.filter { $0.counts.terms[term.term] != nil }
            let idf = (1 + (Double(all.count) - Double(holding.count) + 0.5) / (Double(holding.count) + 0.5)).logarithm
            for passage in holding {
                let frequency = Double(passage.counts.terms[term.term] ?? 0)
                let norm = Double(self.weights.k1) * 4 * (1 - Double(self.weights.b) + Double(self.weights.b) * Double(passage.counts.length) / average)
                scores[passage.number, default: 0] += Double(term.weight) * idf * (Double(self.weights.k1) + 1) * frequency / (frequency + norm)
            }
        }
        return scores
    }
}

extension Double {
    /// Natural, by the series of the hyperbolic tangent: no other implementation to agree with by accident.
    fileprivate var logarithm: Double {
        var (value, powers) = (self, 0.0)
        while value > 1.5 {
            value /= 2
            powers += 1
        }
        let z = (value - 1) / (value + 1)
        var (term, sum) = (z, 0.0)
        for k in 0..<60 {
            sum += term / Double(2 * k + 1)
            term *= z * z
        }
        return 2 * sum + powers * 0.693_147_180_559_945_3
    }
}

/// Words drawn so that few are frequent and many are rare.
private struct WordSource {
    var state: UInt64 = 88_172_645_463_325_252

    mutating func next() -> UInt64 {
        self.state ^= self.state << 13
        self.state ^= self.state >> 7
        self.state ^= self.state << 17
        return self.state
    }

    mutating func word() -> String {
        let draw = Double(self.next() % 1_000_000) / 1_000_000
        return "w\(Int(3000 * draw * draw * draw))x"
    }

    mutating func passage(_ number: Int64) -> IndexedPassage {
        let length = 5 + Int(self.next() % 60)
        let words = (0..<length).map { _ in self.word() }
        return IndexedPassage(
            number: number, group: number / 3, title: self.word(), heading: number % 2 == 0 ? self.word() : "", text: words.joined(separator: " "),
            attributes: [TermHash.of(attribute: "shelf", value: "\(number % 5)")])
    }
}

@Suite struct KeywordIndexTests {
    private func query(_ text: String, filters: [[UInt64]] = []) -> KeywordQuery {
        KeywordQuery(terms: TermAnalyzer().terms(of: text).map { .init(term: $0.term, word: $0.word) }, filters: filters)
    }

    /// The order of the plain formula, up to what 8 bits of a share cannot tell apart.
    private func check(_ index: KeywordIndex, _ plain: PlainBM25, _ query: KeywordQuery, limit: Int, allowed: (Int64) -> Bool = { _ in true }) {
        let expected = plain.scores(query).filter { allowed($0.key) }
        let hits = index.snapshot.search(query, limit: limit)
        #expect(hits.count == min(limit, expected.count))
        #expect(zip(hits, hits.dropFirst()).allSatisfy { $0.score >= $1.score })
        #expect(Set(hits.map(\.number)).count == hits.count)
        let best = expected.values.sorted(by: >)
        for (rank, hit) in hits.enumerated() {
            let score = expected[hit.number] ?? 0
            #expect(abs(Double(hit.score) - score) < 0.02 * max(1, score), "\(hit)")
            #expect(score > best[rank] - 0.04 * max(1, best[rank]))
        }
    }

    @Test("searches find what BM25 finds without an index, over segments of all sizes, with and without filters and after removals")
    func agreement() {
        var words = WordSource()
        var plain = PlainBM25(weights: FieldWeights())
        let index = KeywordIndex()
        var number: Int64 = 0
        for batch in [1, 1, 1, 7, 40, 300, 1100, 2, 700] {
            let passages = (0..<batch).map { _ in
                number += 1
                return words.passage(number)
            }
            plain.passages += passages
            index.apply(removing: [], adding: [PassageTerms(passages, weights: index.weights)], mark: [1])
        }
        #expect(index.snapshot.count == plain.passages.count)
        for round in 0..<20 {
            let text = (0...(round % 6)).map { _ in words.word() }.joined(separator: " ")
            self.check(index, plain, self.query(text), limit: [1, 10, 100, 5000][round % 4])
            let shelf = Int64(round % 5)
            let filter = [[TermHash.of(attribute: "shelf", value: "\(shelf)")]]
            self.check(index, plain, self.query(text, filters: filter), limit: 10) { $0 % 5 == shelf }
        }
        // Half of them go: frequencies still count the removed until their segment is written anew, so all of a segment's neighbours go.
        let removed = plain.passages.map(\.number).filter { $0 % 2 == 0 }
        index.apply(removing: removed, adding: [], mark: [2])
        #expect(index.snapshot.count == plain.passages.count - removed.count)
        #expect(index.snapshot.mark == [2])
        let hits = index.snapshot.search(self.query("w0x w1x w2x w3x w4x"), limit: 5000)
        #expect(!hits.isEmpty)
        #expect(hits.allSatisfy { $0.number % 2 == 1 })
        index.apply(removing: plain.passages.map(\.number), adding: [], mark: [])
        #expect(index.snapshot.count == 0)
        #expect(index.snapshot.search(self.query("w0x"), limit: 10).isEmpty)
        #expect(index.snapshot.segmentCount == 0)
    }

    @Test("a few hits are exactly the first of all hits, scores, ties and order included, whatever is left out on the way")
    func exactness() {
        var words = WordSource()
        let index = KeywordIndex()
        var number: Int64 = 0
        for batch in [5000, 3000, 1500, 300, 40, 3] {
            let passages = (0..<batch).map { _ in
                number += 1
                // Many that are equal, so that their order is by their age alone.
                var passage = words.passage(number % 4 == 0 ? 4 : number)
                passage.number = number
                if number % 4 == 0 { (passage.title, passage.heading, passage.text) = ("", "", "w1x w2x w3x") }
                return passage
            }
            index.apply(removing: [number / 2, number / 3], adding: [PassageTerms(passages, weights: index.weights)], mark: [])
        }
        for round in 0..<200 {
            let text = (0...(round % 9)).map { _ in round % 3 == 0 ? "w\(words.next() % 6)x" : words.word() }.joined(separator: " ")
            let filters = round % 4 == 0 ? [[TermHash.of(attribute: "shelf", value: "\(round % 5)")]] : []
            let query = self.query(text, filters: filters)
            let all = index.snapshot.search(query, limit: 20_000)
            #expect(zip(all, all.dropFirst()).allSatisfy { $0.score > $1.score || $0.score == $1.score && $0.number < $1.number })
            for limit in [1, 3, 10, 200] { #expect(index.snapshot.search(query, limit: limit) == Array(all.prefix(limit)), "\(text), \(limit)") }
            let some = all.prefix(20)
            #expect(index.snapshot.scores(of: some.map(\.number), query) == some.map(\.score))
        }
    }

    @Test("what is read from a file is what was written, and goes on from there; a file of something else or a damaged one is not used")
    func file() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("words")
        var words = WordSource()
        let index = KeywordIndex()
        let passages = (1...3000).map { words.passage(Int64($0)) }
        index.apply(removing: [], adding: [PassageTerms(passages, weights: index.weights)], mark: [1, 2, 3])
        index.apply(removing: [7, 70, 700], adding: [PassageTerms([words.passage(3001)], weights: index.weights)], mark: [4, 5])
        try KeywordFile.write(index.snapshot, to: path, generation: 9, form: 1)
        let again = KeywordIndex()
        again.adopt(try KeywordFile.read(path, generation: 9, form: 1, weights: index.weights))
        #expect(again.snapshot.mark == [4, 5] && again.snapshot.numbers == index.snapshot.numbers && again.snapshot.bytes == index.snapshot.bytes)
        let more = PassageTerms([words.passage(3002)], weights: index.weights)
        for one in [index, again] { one.apply(removing: [8], adding: [more], mark: [6]) }
        for _ in 0..<30 {
            let query = self.query((0..<4).map { _ in words.word() }.joined(separator: " "))
            #expect(again.snapshot.search(query, limit: 50) == index.snapshot.search(query, limit: 50))
        }
        let empty = KeywordIndex()
        try KeywordFile.write(empty.snapshot, to: directory.file("empty"), generation: 9, form: 1)
        #expect(try KeywordFile.read(directory.file("empty"), generation: 9, form: 1, weights: index.weights).count == 0)

        func read(_ path: String, generation: UInt64 = 9, form: UInt64 = 1, weights: FieldWeights = FieldWeights()) throws -> KeywordSnapshot {
            try KeywordFile.read(path, generation: generation, form: form, weights: weights)
        }
        #expect(throws: KeywordFile.Fault.missing(path: path + "x")) { try read(path + "x") }
        #expect(throws: KeywordFile.Fault.foreign(path: path)) { try read(path, generation: 8) }
        #expect(throws: KeywordFile.Fault.foreign(path: path)) { try read(path, form: 2) }
        #expect(throws: KeywordFile.Fault.foreign(path: path)) { try read(path, weights: FieldWeights(title: 9)) }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for place in [0, 16, 60, bytes.count / 2, bytes.count - 1] {
            var other = bytes
            other[place] ^= 4
            try other.write(to: URL(fileURLWithPath: path + "x"))
            #expect(throws: KeywordFile.Fault.self) { try read(path + "x") }
        }
        for count in [0, 8, 47, bytes.count / 2, bytes.count - 8] {
            try bytes.prefix(count).write(to: URL(fileURLWithPath: path + "x"))
            #expect(throws: KeywordFile.Fault.self) { try read(path + "x") }
        }
    }

    @Test("a snapshot stays as it is while the index changes")
    func isolation() {
        let index = KeywordIndex()
        let one = IndexedPassage(number: 1, group: 1, title: "", heading: "", text: "alpha")
        index.apply(removing: [], adding: [PassageTerms([one], weights: index.weights)], mark: [1])
        let before = index.snapshot
        index.apply(removing: [1], adding: [], mark: [2])
        #expect(before.search(self.query("alpha"), limit: 1).map(\.number) == [1])
        #expect(index.snapshot.search(self.query("alpha"), limit: 1).isEmpty)
    }

    @Test("many small additions end in few segments, with every passage where it was")
    func merging() {
        let index = KeywordIndex()
        for number in Int64(1)...1000 {
            let passage = IndexedPassage(number: number, group: number, title: "", heading: "", text: "common n\(number)")
            index.apply(removing: number % 10 == 0 ? [number - 5] : [], adding: [PassageTerms([passage], weights: index.weights)], mark: [])
        }
        #expect(index.snapshot.segmentCount < 30)
        #expect(index.snapshot.count == 900)
        #expect(index.snapshot.numbers.count == 900)
        #expect(index.snapshot.search(self.query("n777"), limit: 3).map(\.number) == [777])
        #expect(index.snapshot.search(self.query("n775"), limit: 3).isEmpty)
        #expect(index.snapshot.search(self.query("common"), limit: 2000).count == 900)
    }

    @Test("the parts of a score add up to it")
    func parts() throws {
        let index = KeywordIndex()
        let passages = [
            IndexedPassage(number: 1, group: 1, title: "Slice", heading: "", text: "a slice of the network"),
            IndexedPassage(number: 2, group: 1, title: "", heading: "", text: "nothing of the kind"),
        ]
        index.apply(removing: [], adding: [PassageTerms(passages, weights: index.weights)], mark: [])
        let query = self.query("network slices missing")
        let hit = try #require(index.snapshot.search(query, limit: 1).first)
        let parts = try #require(index.snapshot.parts(of: hit.number, query))
        #expect(abs(parts.reduce(0, +) - hit.score) < 0.001)
        #expect(parts[2] == 0)
        #expect(index.snapshot.scores(of: [1, 2, 3], query)[0] == hit.score)
        #expect(index.snapshot.scores(of: [1, 2, 3], query)[2] == 0)
    }
}
