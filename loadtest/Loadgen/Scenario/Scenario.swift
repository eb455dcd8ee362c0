import Foundation
import JSONSchema
import Yams

/// A load test as a file: `loadtest/scenarios/*.yaml`, whose form is `scenario.schema.json`.
struct Scenario: Decodable, Sendable {
    struct Flow: Decodable, Sendable {
        var name: String
        var request: RequestPart
        /// Statuses that are no error; without it 200…399.
        var accept: [Int]?
        var connections: Int?
        /// Whose token is sent: the name given with `--token NAME=FILE`; without it the one of `--token-file`.
        var token: String?
        var timeout: Seconds?
        var keepAlive: Bool?
        var closed: Closed?
        var open: [Stretch]?
        /// The part of each step's rate that this flow gets; flows without a pace of their own only.
        var share: Double?
        /// Intents are followed to their end.
        var follow: Bool?
    }

    struct RequestPart: Decodable, Sendable {
        var method: String?
        var path: String
        var headers: [String: String]?
        var body: String?
        /// A file of bodies, one a line.
        var bodies: String?
    }

    struct Closed: Decodable, Sendable {
        var requests: Int?
        var `for`: Seconds?
        var perConnection: Double?
    }

    struct Stretch: Decodable, Sendable {
        var rate: Double
        /// At its end; as at its beginning without it.
        var to: Double?
        var `for`: Seconds
    }

    /// Rates that are tried one after the other until something does not hold.
    struct Steps: Decodable, Sendable {
        var from: Double
        var by: Double?
        var times: Double?
        var most: Int
        var `for`: Seconds
        var until: [String]

        /// In requests a second.
        var rates: [Double] {
            (0..<self.most).map { step in self.times.map { self.from * pow($0, Double(step)) } ?? self.from + (self.by ?? self.from) * Double(step) }
        }
    }

    /// A span of time as text.
    struct Seconds: Decodable, Sendable {
        let value: Double

        init(from decoder: any Decoder) throws {
            let text = try decoder.singleValueContainer().decode(String.self)
            guard let value = DurationText.seconds(text), value > 0 else {
                throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "\(text) is no span of time such as 10s"))
            }
            self.value = value
        }
    }

    var name: String
    var about: String?
    var flows: [Flow]
    var steps: Steps?
    var expect: [String]?
    /// How long the ends of intents are waited for after the last request; a minute without it.
    var followFor: Seconds?

    /// - Throws: ``LoadError`` that says where the file is not as it must be.
    init(yaml: String, name file: String) throws {
        let value: JSONValue
        do { value = try YAMLDecoder().decode(JSONValue.self, from: yaml) } catch { throw LoadError.usage("\(file) is no YAML: \(error)") }
        let violations = try Self.schema().violations(in: value)
        guard violations.isEmpty else { throw LoadError.usage("\(file): " + violations.map(\.description).joined(separator: "; ")) }
        do { self = try YAMLDecoder().decode(Scenario.self, from: yaml) } catch DecodingError.dataCorrupted(let context) {
            throw LoadError.usage("\(file): \(context.debugDescription)")
        } catch { throw LoadError.usage("\(file): \(error)") }
        try self.check(file)
    }

    static func schema() throws -> JSONSchema { try JSONSchema(JSONValue(parsing: PackageResources.scenario_schema_json)) }

    /// What a schema cannot say.
    private func check(_ file: String) throws {
        let names = self.flows.map(\.name)
        guard Set(names).count == names.count else { throw LoadError.usage("\(file): two flows have one name") }
        for flow in self.flows {
            guard flow.closed == nil || flow.open == nil else { throw LoadError.usage("\(file): \(flow.name) is both closed and open") }
            guard flow.closed != nil || flow.open != nil || self.steps != nil else {
                throw LoadError.usage("\(file): \(flow.name) has neither closed nor open, and there are no steps")
            }
            if let closed = flow.closed, closed.requests == nil, closed.for == nil {
                throw LoadError.usage("\(file): \(flow.name) has no end: requests or for")
            }
            guard flow.request.body == nil || flow.request.bodies == nil else { throw LoadError.usage("\(file): \(flow.name) has both body and bodies") }
        }
        for text in (self.expect ?? []) + (self.steps?.until ?? []) {
            let expectation = try Expectation(text)
            guard expectation.flow == nil || names.contains(expectation.flow ?? "") else {
                throw LoadError.usage("\(file): \(text) is about a flow that is not there")
            }
        }
    }
}
