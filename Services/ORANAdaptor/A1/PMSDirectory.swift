import JSONSchema
import Synchronization

/// The RICs that the A1 Policy Management Service knows, at most `age` old; the last known ones while it does not answer.
package final class PMSDirectory: Sendable {
    /// Names of RICs, and why the service may know others; nil when it does not.
    package struct Listing: Sendable {
        package let names: [String]
        package let doubt: A1Error?
        /// It has not named any RIC yet, since this process began.
        package var isUnread = false
    }

    private struct Known {
        let names: [String]
        let at: ContinuousClock.Instant
        /// Since when it has answered, and left none out that it had named.
        let since: ContinuousClock.Instant
    }

    private struct State {
        var known: Known?
        /// It did not answer when it was asked last.
        var isInterrupted = false
    }

    private let transport: A1Transport
    private let age: Duration
    private let settling: Duration
    private let state = Mutex(State())
    /// RICs taken from one answer.
    private static let limit = 1_024

    /// - Parameter settling: a service that starts may name few RICs at first; so long what it does not name may still come.
    package init(transport: A1Transport, age: Duration = .seconds(30), settling: Duration = .seconds(60)) {
        self.transport = transport
        self.age = age
        self.settling = settling
    }

    /// Names in their order; those that are no label of a path are left out.
    package func listing() async -> Listing {
        if let known = self.state.withLock({ $0.isInterrupted ? nil : $0.known }), known.at.duration(to: .now) < self.age { return self.listing(known) }
        do throws(A1Error) {
            let response = try await self.transport.expect(200, "GET", "\(PMSClient.base)/rics")
            guard let rics = try self.transport.json(response)["rics"]?.array else {
                throw A1Error(.nonconforming, ric: self.transport.ric, detail: "a member rics is expected", status: response.status)
            }
            let names = Set(rics.compactMap { $0["ricId"]?.string }.filter(Self.isLabel)).sorted().prefix(Self.limit)
            return self.listing(self.take(Array(names)))
        } catch {
            // Without a RIC nothing can be planned; with the last known ones at least what is theirs waits for them.
            let known = self.state.withLock { state -> Known? in
                state.isInterrupted = true
                return state.known
            }
            return Listing(names: known?.names ?? [], doubt: error, isUnread: known == nil)
        }
    }

    private func take(_ names: [String]) -> Known {
        let now = ContinuousClock.now
        return self.state.withLock { state in
            var since = now
            if let known = state.known, !state.isInterrupted, Set(known.names).isSubset(of: names) { since = known.since }
            let known = Known(names: names, at: now, since: since)
            state = State(known: known)
            return known
        }
    }

    private func listing(_ known: Known) -> Listing {
        guard known.since.duration(to: .now) < self.settling else { return Listing(names: known.names, doubt: nil) }
        let doubt = A1Error(.busy, ric: self.transport.ric, detail: "it has answered only for a moment, and may not have named all of them")
        return Listing(names: known.names, doubt: doubt)
    }

    private static func isLabel(_ name: String) -> Bool {
        (1...63).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
    }
}
