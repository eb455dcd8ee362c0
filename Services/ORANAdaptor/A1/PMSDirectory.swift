import JSONSchema
import Synchronization

/// The RICs that the A1 Policy Management Service knows, at most `age` old; the last known ones while it does not answer.
package final class PMSDirectory: Sendable {
    private let transport: A1Transport
    private let age: Duration
    private let known = Mutex<(names: [String], at: ContinuousClock.Instant)?>(nil)
    /// RICs taken from one answer.
    private static let limit = 1_024

    package init(transport: A1Transport, age: Duration = .seconds(30)) {
        self.transport = transport
        self.age = age
    }

    /// Names in their order; those that are no label of a path are left out.
    package func names() async throws(A1Error) -> [String] {
        if let known = self.known.withLock({ $0 }), known.at.duration(to: .now) < self.age { return known.names }
        do throws(A1Error) {
            let response = try await self.transport.expect(200, "GET", "\(PMSClient.base)/rics")
            guard let rics = try self.transport.json(response)["rics"]?.array else {
                throw A1Error(.nonconforming, ric: self.transport.ric, detail: "a member rics is expected", status: response.status)
            }
            let names = Set(rics.compactMap { $0["ricId"]?.string }.filter(Self.isLabel)).sorted().prefix(Self.limit)
            self.known.withLock { $0 = (Array(names), .now) }
            return Array(names)
        } catch {
            // Without a RIC nothing can be planned; with the last known ones at least what is theirs waits for them.
            guard let known = self.known.withLock({ $0 }) else { throw error }
            return known.names
        }
    }

    private static func isLabel(_ name: String) -> Bool {
        (1...63).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
    }
}
