import Testing

@testable import Caching

@Suite struct BlockCompressionTests {
    @Test(
        "what was compressed comes back",
        arguments: [
            [], [7], Array("abcdefghijklmnop".utf8), [UInt8](repeating: 65, count: 100_000), (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) },
            Array(String(repeating: #"{"documentId":"amf","text":"The AMF registers devices."},"#, count: 500).utf8),
        ] as [[UInt8]])
    func roundTrip(bytes: [UInt8]) {
        #expect(BlockCompression.decompress(BlockCompression.compress(bytes)) == bytes)
    }

    @Test("answers become much smaller")
    func ratio() {
        let answer = Array((0..<10).map { #"{"documentId":"amf-\#($0)","chunkId":"amf-\#($0)#0","title":"Access and mobility","score":0.5},"# }.joined().utf8)
        #expect(BlockCompression.compress(answer).count * 2 < answer.count)
    }

    @Test("bytes that are no block are nothing, whatever they are")
    func damaged() {
        let block = BlockCompression.compress(Array("some text that repeats, some text that repeats, some text that repeats".utf8))
        #expect(BlockCompression.decompress([]) == nil)
        #expect(BlockCompression.decompress(Array("[]".utf8)) == nil)
        #expect(BlockCompression.decompress(Array(block.dropLast())) == nil)
        #expect(BlockCompression.decompress(block, limit: 10) == nil)
        var state: UInt32 = 1
        for _ in 0..<2000 {
            var bytes = block
            for _ in 0..<3 {
                state = state &* 1_664_525 &+ 1_013_904_223
                bytes[Int(state >> 8) % bytes.count] = UInt8(truncatingIfNeeded: state >> 16)
            }
            _ = BlockCompression.decompress(bytes, limit: 1 << 20)
        }
    }
}
