import IntentModel
import JSONSchema
import ServiceClient

/// How many nodes of each set the E2 manager of the near-RT RIC has connected, as oran-adaptor tells.
struct E2NodeSets: Sendable {
    /// The catalogue's code of what is rendered as simulated nodes.
    static let function = "E2NodeSet"

    struct State: Sendable, Equatable, Decodable {
        /// That the manager knows by the set's name.
        var nodes: Int
        var connected: Int
        /// Names of those that are not connected.
        var missing: [String]

        func sentence(_ name: String, of wanted: Int) -> String {
            let names = self.missing.isEmpty ? "" : ", not \(self.missing.prefix(10).joined(separator: ", "))"
            return "E2NodeSet \(name): \(self.connected) of \(wanted) nodes connected\(names)"
        }
    }

    /// Without a manager the answer is an empty list that says so.
    private struct Answer: Decodable {
        var configured: Bool?
        var nodes: Int?
        var connected: Int?
        var missing: [String]?
    }

    let client: ServiceClient

    /// Nil where there is no E2 manager.
    func state(of name: String) async throws(ServiceCallError) -> State? {
        // An instance's name is a label.
        guard let answer = try await self.client.get(Answer.self, "/v1/e2/node-sets/\(name)"), answer.configured != false,
            let nodes = answer.nodes, let connected = answer.connected
        else { return nil }
        return State(nodes: nodes, connected: connected, missing: answer.missing ?? [])
    }

    /// What the manager shows of changed sets; nil where none is among the changes, or nobody can see.
    ///
    /// - Parameter wanted: nodes that a package is to have, 0 of a deleted one; nil when that is not known, or when another set has the same name:
    ///   the manager tells nodes apart by it alone.
    func observe(_ changes: [PackageChange], wanted: (PackageChange) async throws -> Int?) async -> RolloutObserver.Observation? {
        var (sentences, missing, isReachable) = ([String](), [String](), true)
        for change in changes where Self.concerns(change) {
            do {
                guard let state = try await self.state(of: change.instance) else { continue }
                guard let wanted = try await wanted(change) else { continue }
                if state.connected == wanted {
                    sentences.append(state.sentence(change.instance, of: wanted))
                } else if state.nodes == 0 {
                    // Simulators may call themselves otherwise: that is no proof that they are not there.
                    missing.append("the E2 manager knows no node called \(change.instance)")
                    isReachable = false
                } else {
                    missing.append(state.sentence(change.instance, of: wanted))
                }
            } catch {
                missing.append("E2NodeSet \(change.instance): \(error)")
                isReachable = false
            }
        }
        if !missing.isEmpty { return .waiting(missing.joined(separator: "; "), isReachable: isReachable) }
        return sentences.isEmpty ? nil : .arrived(sentences, isComplete: true)
    }

    static func concerns(_ change: PackageChange) -> Bool { change.function == Self.function && change.change != .none }
}
