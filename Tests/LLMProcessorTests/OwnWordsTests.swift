import Foundation
import IntentModel
import Testing

@testable import IntentLanguage

/// Words that an operator adds to the vocabulary.
@Suite struct OwnWordsTests {
    private func directory(_ files: [String: String]) throws -> String {
        let directory = FileManager.default.temporaryDirectory.appending(path: "words-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for (name, text) in files { try text.write(to: directory.appending(path: name), atomically: true, encoding: .utf8) }
        return directory.path
    }

    private func interpreter(_ text: String) throws -> EmbeddedInterpreter {
        let directory = try self.directory(["own.yaml": text])
        return EmbeddedInterpreter(vocabulary: try Vocabulary.load(directory: ShippedVocabulary.directory, additions: directory))
    }

    @Test("an operator's words for verbs, objects, attributes, features and places are read like the shipped ones")
    func words() throws {
        let interpreter = try self.interpreter(
            """
            schema: nephoran.com/vocabulary/additions/v1
            verbs: {remove: [yeet], scale: [embiggen]}
            objects: {AMF: [access brain], Custom: [billing bridge]}
            attributes: {replicas: [worker bee]}
            features: {autoscaling: [rubber mode]}
            places: {namespace: [compartment]}
            environments: {staging: [dress rehearsal]}
            """)
        let scaled = interpreter.interpret(InterpretationRequest(intent: "Embiggen the access brain to 4 worker bees in compartment core-x"))
        #expect(scaled.decision == .accepted)
        #expect(scaled.expectations.map(\.verb) == [.scale])
        #expect(scaled.expectations.first?.object.type == "AMF")
        #expect(scaled.expectations.first?.target("replicas")?.value == .number(4))
        #expect(scaled.expectations.first?.context.namespace == "core-x")
        let removed = interpreter.interpret(InterpretationRequest(intent: "yeet the billing bridge named bb-1"))
        #expect(removed.expectations.map(\.verb) == [.remove])
        #expect(removed.expectations.first?.object.name == "bb-1")
        let deployed = interpreter.interpret(InterpretationRequest(intent: "Deploy an SMF with rubber mode for the dress rehearsal"))
        #expect(deployed.expectations.first?.target("autoscaling")?.value == .boolean(true))
        #expect(deployed.expectations.first?.context.environment == "staging")
        #expect(interpreter.vocabulary.version != ShippedVocabulary.interpreter?.vocabulary.version)
    }

    @Test("words added for another language are read in it")
    func otherLanguage() throws {
        let interpreter = try self.interpreter(
            """
            schema: nephoran.com/vocabulary/additions/v1
            language: de
            verbs: {scale: [pumpe … auf]}
            words: {replicas: [arbeitsbienen]}
            """)
        let read = interpreter.interpret(InterpretationRequest(intent: "Bitte skaliere die AMF auf 4 Arbeitsbienen"))
        #expect(read.language == "de")
        #expect(read.decision == .accepted)
        #expect(read.expectations.first?.target("replicas")?.value == .number(4))
    }

    @Test(
        "a file that would change the meaning of a sentence of yesterday, or cannot be used, is refused with its place",
        arguments: [
            ("objects: {AMF: [smf]}", "'smf' means something else already"),
            ("objects: {AMF: [deploy]}", "'deploy' means something else already"),
            ("objects: {XYZF: [thing]}", "'XYZF' is no type"),
            ("verbs: {remove: [scale]}", "'scale' means something else already"),
            ("verbs: {frobnicate: [frob]}", "'frobnicate' is none of"),
            ("attributes: {replica: [bee]}", "'replica' is no attribute"),
            ("features: {replicas: [bee]}", "'replicas' is no boolean attribute"),
            ("places: {planet: [mars]}", "'planet' is none of"),
            ("environments: {live: [now]}", "'live' is no environment"),
            ("objects: {AMF: [Access Brain]}", "must be words in lower case"),
            ("functions: {AMF: [brain]}", "'functions' is none of"),
            ("language: tlh\nwords: {replicas: [qul]}", "language must be one of"),
            ("language: de\nwords: {flux capacitor: [ding]}", "is no phrase of the vocabulary"),
            ("language: de\nwords: {replicas: [bitte]}", "stands for something else already"),
            ("verbs: scale", "a mapping was expected"),
        ])
    func refused(_ row: (String, String)) throws {
        do {
            _ = try self.interpreter("schema: nephoran.com/vocabulary/additions/v1\n" + row.0)
            Issue.record("\(row.0) was accepted")
        } catch let error as VocabularyError {
            #expect(error.file == "own.yaml")
            #expect(error.line != nil)
            #expect(error.reason.contains(row.1), "\(error)")
        }
    }

    @Test("a directory that is not there, and a file of another schema, are named")
    func unusable() throws {
        #expect(throws: VocabularyError.self) { try Vocabulary.load(directory: ShippedVocabulary.directory, additions: "/nonexistent") }
        let other = try self.directory(["a.yaml": "schema: something/else"])
        #expect(throws: VocabularyError.self) { try Vocabulary.load(directory: ShippedVocabulary.directory, additions: other) }
    }

    @Test("an empty directory changes nothing")
    func empty() throws {
        let vocabulary = try Vocabulary.load(directory: ShippedVocabulary.directory, additions: self.directory(["readme.txt": "nothing"]))
        #expect(vocabulary.version == ShippedVocabulary.interpreter?.vocabulary.version)
    }

    @Test("the summary names the languages and the words for every object")
    func summary() throws {
        let summary = try #require(ShippedVocabulary.interpreter).vocabulary.summary
        #expect(summary.languages == ["en", "de", "es", "zh-Hant"])
        #expect(summary.objects.first { $0.type == "AMF" }?.aliases.contains("amf") == true)
        #expect(summary.verbs.contains("deploy"))
    }
}
