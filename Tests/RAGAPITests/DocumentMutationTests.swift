import IntentModel
import TestSupport
import Testing

@testable import RAGAPI

@Suite struct DocumentMutationTests {
    @Test("whatever is sent to be known, it is documents and rejections, or a problem")
    func feeds() throws {
        let seeds = [
            #"{"id": "amf", "title": "AMF", "text": "The AMF.", "metadata": {"function": "AMF", "year": 2026}, "tags": ["tenant:north"]}"#,
            "[{\"id\": \"a\", \"text\": \"x\"}]", "{\"id\": \"a\", \"text\": \"x\"}\n{\"id\": \"b\", \"text\": \"y\"}\n",
        ].map { Array($0.utf8) }
        try Mutations("documents", seeds: seeds).run(rounds: 2_000) { bytes throws in
            do {
                var feed = try DocumentFeed(bytes)
                for document in feed.take() { try #require(!document.id.isEmpty) }
            } catch let problem as Problem { try #require(problem.status == 400) }
        }
    }

    @Test("whatever a document says, it is cut into passages that all say something")
    func passages() throws {
        let seeds = [
            "# 5.2 AMF\n\nThe AMF ends N2.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n\n- one\n- two\n",
            "3GPP TS 23.501\n\n5.2.1\tGeneral\nThe following. Another sentence; e.g. this. Ω≈ç√\n",
        ].map { Array($0.utf8) }
        try Mutations("passages", seeds: seeds).run(rounds: 3_000) { bytes throws in
            let text = String(decoding: bytes, as: UTF8.self)
            for chunk in Chunker(limit: 40, overlap: 8).chunks(of: text, title: "Title") { try #require(!chunk.text.isEmpty) }
        }
    }
}
