import Foundation
import IntentModel
import ServiceRuntime

/// The documents of one request body: a JSON document, an array of them, or one per line (NDJSON).
///
/// What cannot be read is rejected with its reason while the rest goes in.
struct DocumentFeed: Sendable {
    struct Rejection: Sendable, Equatable, Encodable {
        /// 1-based: the line of NDJSON, or the element of an array.
        var position: Int
        /// Member and reason ("/text is missing").
        var reason: String
    }

    /// More rejections than these are only counted: the answer stays small whatever is sent.
    static let listedRejections = 1000

    private(set) var documents: [KnowledgeDocument] = []
    /// Of each document, as a rejection would name it.
    private var positions: [Int] = []
    /// The body was one document.
    private(set) var isOne = false
    /// Lines that were read.
    private var lines = 0
    private(set) var rejected: [Rejection] = []
    private(set) var rejectedUnlisted = 0

    /// Of nothing yet; lines follow.
    init() {}

    /// Throws ``Problem`` when nothing of the body is JSON, or when the one document it holds is not valid.
    init(_ body: [UInt8]) throws(Problem) {
        guard let first = body.first(where: { !TextCut.isBlank($0) }) else { throw .badJSON("the body is empty") }
        if first == UInt8(ascii: "[") {
            if let fault = Self.fault(body) { throw .badJSON("the array \(fault)") }
            try self.read(array: body)
        } else {
            try self.read(documentOrLines: body)
        }
    }

    private mutating func read(array body: [UInt8]) throws(Problem) {
        do {
            for (index, element) in try JSONDecoder().decode([Attempt].self, from: Data(body)).enumerated() {
                switch element {
                case .document(let document): self.add(document, at: index + 1)
                case .failure(let reason): self.reject(at: index + 1, reason)
                }
            }
        } catch let error as DecodingError {
            throw Problem(error)
        } catch {
            throw .badJSON("\(error)")
        }
    }

    private mutating func read(documentOrLines body: [UInt8]) throws(Problem) {
        let document: KnowledgeDocument
        do {
            document = try JSONDecoder().decode(KnowledgeDocument.self, from: Data(body))
        } catch let error as DecodingError {
            let problem = Problem(error)
            // A body of several lines that is no JSON as a whole may be NDJSON.
            guard problem.code == "bad_json", body.contains(UInt8(ascii: "\n")) else { throw problem }
            self.read(lines: body)
            if self.documents.isEmpty { throw problem }
            return
        } catch {
            throw .badJSON("\(error)")
        }
        if let fault = Self.fault(body) { throw .badJSON("the document \(fault)") }
        self.add(document, at: 1)
        self.isOne = true
    }

    /// Whole lines, one document each; the last may lack its end.
    mutating func read(lines body: some Collection<UInt8>) {
        let decoder = JSONDecoder()
        for line in body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            self.lines += 1
            guard line.contains(where: { !TextCut.isBlank($0) }) else { continue }
            if let fault = Self.fault(Array(line)) {
                self.reject(at: self.lines, fault)
                continue
            }
            do {
                self.add(try decoder.decode(KnowledgeDocument.self, from: Data(line)), at: self.lines)
            } catch let error as DecodingError {
                self.reject(at: self.lines, Self.reason(error))
            } catch {
                self.reject(at: self.lines, "cannot be read")
            }
        }
    }

    /// The documents that were read since they were taken last.
    mutating func take() -> [KnowledgeDocument] {
        defer {
            self.documents = []
            self.positions = []
        }
        return self.documents
    }

    /// Rejects the documents for which there is a reason.
    mutating func refuse(_ reason: (KnowledgeDocument) -> String?) {
        let read = zip(self.documents, self.positions)
        (self.documents, self.positions) = ([], [])
        for (document, position) in read {
            if let reason = reason(document) { self.reject(at: position, reason) } else { self.add(document, at: position) }
        }
    }

    private mutating func add(_ document: KnowledgeDocument, at position: Int) {
        self.documents.append(document)
        self.positions.append(position)
    }

    mutating func rejectLine(_ reason: String) {
        self.lines += 1
        self.reject(at: self.lines, reason)
    }

    private mutating func reject(at position: Int, _ reason: String) {
        if self.rejected.count < Self.listedRejections {
            self.rejected.append(Rejection(position: position, reason: reason))
        } else {
            self.rejectedUnlisted += 1
        }
    }

    /// What two readers would read differently, or would take very deep a stack; nil for what is no JSON as well.
    private static func fault(_ bytes: [UInt8]) -> String? {
        bytes.withUnsafeBytes { bytes in
            do throws(JSONShape.Fault) {
                try JSONShape.check(bytes)
                return nil
            } catch {
                return switch error {
                case .tooDeep: "is nested too deep"
                case .duplicateKey(let key): "has the key \"\(key)\" twice"
                }
            }
        }
    }

    private static func reason(_ error: DecodingError) -> String {
        if case .dataCorrupted(let context) = error, context.codingPath.isEmpty { return "is not JSON" }
        let (pointer, reason) = error.sentence
        return pointer.isEmpty ? reason : "\(pointer) \(reason)"
    }

    /// An element of an array that never makes the whole array fail.
    private enum Attempt: Decodable {
        case document(KnowledgeDocument)
        case failure(String)

        init(from decoder: any Decoder) throws {
            do {
                self = .document(try KnowledgeDocument(from: decoder))
            } catch let error as DecodingError {
                // The path starts with the index, which the position already says.
                let (pointer, reason) = error.sentence
                let member = pointer.split(separator: "/").dropFirst().joined(separator: "/")
                self = .failure(member.isEmpty ? reason : "/\(member) \(reason)")
            }
        }
    }
}
