import Testing

@testable import RAGAPI

@Suite struct LineBatchesTests {
    @Test("whatever the parts a body comes in, its lines stay whole and in order", arguments: [1, 7, 1000, 65_536, 5 << 20])
    func parts(size: Int) {
        let lines = (0..<40_000).map { "line \($0) " + String(repeating: "x", count: $0 % 200) }
        let body = Array(lines.joined(separator: "\n").utf8)
        var batches = LineBatches()
        var read: [Substring] = []
        // Small parts of a part of the body only: the rest says the same.
        let end = size < 100 ? 200_000 : body.count
        var texts: [String] = []
        for start in stride(from: 0, to: end, by: size) {
            for batch in batches.append(body[start..<min(start + size, end)]) {
                guard case .lines(let lines) = batch else { continue }
                texts.append(String(decoding: lines, as: UTF8.self))
            }
        }
        if let rest = batches.finish() { texts.append(String(decoding: rest, as: UTF8.self)) }
        for text in texts { read += text.split(separator: "\n") }
        #expect(read == String(decoding: body[..<end], as: UTF8.self).split(separator: "\n"))
        #expect(batches.finish() == nil)
    }

    @Test("a line as long as may be is read in little time, however small its parts", .timeLimit(.minutes(1)))
    func longLine() {
        let line = [UInt8](repeating: 120, count: LineBatches.lineBytes - 1)
        var batches = LineBatches()
        for start in stride(from: 0, to: line.count, by: 512) {
            #expect(batches.append(line[start..<min(start + 512, line.count)]).isEmpty)
        }
        #expect(batches.append([UInt8(ascii: "\n")]) == [.lines(line)])
        #expect(batches.finish() == nil)
    }

    @Test("a line beyond all bounds is left out, and what follows is read")
    func tooLong() {
        var batches = LineBatches()
        var found: [LineBatches.Batch] = []
        let part = [UInt8](repeating: 120, count: 1 << 20)
        for _ in 0..<40 { found += batches.append(part) }
        #expect(found == [.tooLong])
        #expect(batches.append(Array("xxx\n{\"id\":1}".utf8)).isEmpty)
        #expect(batches.finish() == Array("{\"id\":1}".utf8))
    }
}
