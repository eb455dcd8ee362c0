import JSONSchema
import RedisClient
import Synchronization

/// The RICs that the A1 Policy Management Service knows, at most `age` old; the last known ones, of an earlier process too, while it does not answer.
package final class PMSDirectory: Sendable {
    /// Names of RICs, and why the service may know others; nil when it does not.
    package struct Listing: Sendable, Equatable {
        package let names: [String]
        package let doubt: A1Error?
        /// It did not answer when it was asked last.
        package var isSilent = false
        /// Nobody knows a RIC of it.
        package var isUnread = false
        /// It is unread and has not been for long: who plans does better to wait.
        package var isAwaited = false
    }

    private struct State {
        var named: NamedRICs
        var askedAt: ContinuousClock.Instant?
        var asking: Task<Void, Never>?
        /// What the memory holds; nil before it was read.
        var kept: [String]?
    }

    private let transport: A1Transport
    private let age: Duration
    private let memory: RICMemory?
    private let state: Mutex<State>
    /// RICs taken from one answer.
    private static let limit = 1_024
    /// How soon one that was in doubt is asked again.
    private static let soon = Duration.seconds(1)

    /// - Parameters:
    ///   - settling: a service that starts may name few RICs at first; so long those that it named before may still come.
    ///   - patience: so long planning waits for one that has never named a RIC.
    ///   - memory: of earlier processes; nil remembers nothing.
    package init(
        transport: A1Transport, age: Duration = .seconds(30), settling: Duration = .seconds(60), patience: Duration = .seconds(60), memory: RICMemory? = nil
    ) {
        self.transport = transport
        self.age = age
        self.memory = memory
        self.state = Mutex(State(named: NamedRICs(service: transport.ric, settling: settling, patience: patience, at: .now)))
    }

    /// Below it is the service's interface.
    package var root: String { self.transport.root }

    /// Names in their order; those that are no label of a path are left out. However many ask, the service is asked once.
    ///
    /// - Parameter waits: false tells what is known now, and has the service asked for the next time.
    package func listing(waits: Bool = true) async -> Listing {
        let (listing, asking) = self.state.withLock { state -> (Listing, Task<Void, Never>?) in
            let now = ContinuousClock.now
            let listing = state.named.listing(at: now)
            if let at = state.askedAt, at.duration(to: now) < (listing.doubt == nil ? self.age : min(self.age, Self.soon)) { return (listing, nil) }
            // Of nobody's deadline, since it is everybody's.
            let task = state.asking ?? Task.detached { await self.ask() }
            state.asking = task
            return (listing, task)
        }
        guard waits, let asking else { return listing }
        await asking.value
        return self.state.withLock { $0.named.listing(at: .now) }
    }

    private func ask() async {
        await self.recall()
        let answer: Result<[String], A1Error>
        do throws(A1Error) {
            let response = try await self.transport.expect(200, "GET", "\(PMSClient.base)/rics")
            guard let rics = try self.transport.json(response)["rics"]?.array else {
                throw A1Error(.nonconforming, ric: self.transport.ric, detail: "a member rics is expected", status: response.status)
            }
            answer = .success(Array(Set(rics.compactMap { $0["ricId"]?.string }.filter(Self.isLabel)).sorted().prefix(Self.limit)))
        } catch {
            answer = .failure(error)
        }
        self.state.withLock { state in
            switch answer {
            case .success(let names): state.named.take(names, at: .now)
            // Without a RIC nothing can be planned; with the last known ones at least what is theirs waits for them.
            case .failure(let error): state.named.fail(error)
            }
            state.askedAt = .now
            state.asking = nil
        }
        await self.remember()
    }

    private func recall() async {
        guard let memory = self.memory, self.state.withLock({ $0.kept == nil }), let names = try? await memory.names() else { return }
        self.state.withLock { state in
            state.kept = names
            state.named.recall(names)
        }
    }

    private func remember() async {
        let names = self.state.withLock { state -> [String]? in
            guard state.named.failure == nil else { return nil }
            let names = state.named.remembered(at: .now)
            return names == state.kept ? nil : names
        }
        guard let memory = self.memory, let names, (try? await memory.keep(names)) != nil else { return }
        self.state.withLock { $0.kept = names }
    }

    private static func isLabel(_ name: String) -> Bool {
        (1...63).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
    }
}
