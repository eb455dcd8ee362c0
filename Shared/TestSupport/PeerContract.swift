package import JSONSchema
import Foundation

/// The contract of a peer, as its OpenAPI has it: operations, query parameters, bodies and answers. Fakes hold whoever calls them to it,
/// and themselves.
package struct PeerContract: Sendable {
    package struct Answer: Sendable {
        package let type: String?
        package let body: JSONSchema?
        /// In lower case.
        package let headers: [String]
    }

    package struct Operation: Sendable {
        package let method: String
        /// Below the base; `{name}` stands for one segment.
        package let path: [String]
        package let query: Set<String>
        /// Media type of a request's body.
        package let bodyType: String
        package let body: JSONSchema?
        package let answers: [Int: Answer]
    }

    package struct Unreadable: Error { package let reason: String }

    package let base: String
    package let operations: [Operation]

    /// A file of `Contracts`, read from the source tree.
    package init(named name: String) throws {
        let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Contracts")
        let root = try JSONValue(parsing: Array(try Data(contentsOf: directory.appendingPathComponent("\(name).json"))))
        guard let base = root["base"]?.string, let operations = root["operations"]?.array else { throw Unreadable(reason: name) }
        self.base = base
        self.operations = try operations.map { operation in
            var answers: [Int: Answer] = [:]
            for (status, answer) in operation["answers"]?.object ?? [:] {
                guard let status = Int(status) else { throw Unreadable(reason: "\(name): \(status)") }
                answers[status] = Answer(
                    type: answer["type"]?.string, body: try answer["body"].map { try JSONSchema($0) },
                    headers: answer["headers"]?.array?.compactMap(\.string).filter { $0 != "content-type" } ?? [])
            }
            guard let method = operation["method"]?.string, let path = operation["path"]?.string else { throw Unreadable(reason: name) }
            return Operation(
                method: method, path: path.split(separator: "/").map(String.init), query: Set(operation["query"]?.array?.compactMap(\.string) ?? []),
                bodyType: operation["bodyType"]?.string ?? "application/json", body: try operation["body"].map { try JSONSchema($0) }, answers: answers)
        }
    }

    /// The operation of a request; `path` without its query.
    package func operation(_ method: String, _ path: String) -> Operation? {
        guard path.hasPrefix(self.base) else { return nil }
        let segments = path.dropFirst(self.base.count).split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        return self.operations.first { operation in
            operation.method == method && operation.path.count == segments.count
                && zip(operation.path, segments).allSatisfy { $0.hasPrefix("{") ? !$1.isEmpty : $0 == $1 }
        }
    }

    /// What is wrong with a request. Header names in lower case.
    package func violations(_ method: String, _ path: String, query: [String], headers: [String: String], body: [UInt8]) -> [String] {
        guard let operation = self.operation(method, path) else { return ["\(method) \(path) is no operation"] }
        var violations = query.filter { !operation.query.contains($0) }.map { "\(method) \(path) has no query parameter \($0)" }
        let accept = headers["accept"] ?? "*/*"
        if !accept.contains("application/json"), !accept.contains("*/*") { violations.append("\(method) \(path) does not accept application/json") }
        if let schema = operation.body {
            if headers["content-type"]?.hasPrefix(operation.bodyType) != true { violations.append("\(method) \(path) is not \(operation.bodyType)") }
            if let document = try? JSONValue(parsing: body) {
                violations += schema.violations(in: document).map { "\(method) \(path): \($0)" }
            } else {
                violations.append("\(method) \(path): the body is not JSON")
            }
        } else if !body.isEmpty {
            violations.append("\(method) \(path) has no body")
        }
        return violations
    }

    /// What is wrong with an answer.
    package func violations(_ operation: Operation, status: Int, headers: [String: String], body: [UInt8]) -> [String] {
        guard let answer = operation.answers[status] else { return ["\(operation.method) does not answer \(status)"] }
        var violations = answer.headers.filter { headers[$0] == nil }.map { "\(status) lacks the header \($0)" }
        guard let schema = answer.body else { return body.isEmpty ? violations : violations + ["\(status) has no body"] }
        if let type = answer.type, headers["content-type"]?.hasPrefix(type) != true { violations.append("\(status) is not \(type)") }
        guard let document = try? JSONValue(parsing: body) else { return violations + ["\(status): the body is not JSON"] }
        return violations + schema.violations(in: document).map { "\(status): \($0)" }
    }
}
