import PackagePlanning
import Synchronization

/// The planner with the policy as it is now, and what is known of the O-Cloud: another takes its place when one of them changes. A file that
/// is wrong changes nothing.
final class CurrentPlanner: Sendable {
    private let state: Mutex<(planner: Planner, cloud: CloudKnowledge)>
    private let make: @Sendable (ApprovalPolicy) -> Planner
    private let read: @Sendable () throws -> ApprovalPolicy

    /// - Parameters:
    ///   - read: the policy, as the files say now.
    ///   - make: a planner that goes by it.
    init(reading read: @escaping @Sendable () throws -> ApprovalPolicy, _ make: @escaping @Sendable (ApprovalPolicy) -> Planner) throws {
        self.read = read
        self.make = make
        self.state = Mutex((make(try read()), .none))
    }

    /// One that stays.
    init(_ planner: Planner) {
        self.state = Mutex((planner, .none))
        self.read = { planner.policy }
        self.make = { _ in planner }
    }

    var value: Planner { self.state.withLock { $0.planner } }

    func reload() throws {
        let planner = self.make(try self.read())
        self.state.withLock { $0.planner = planner.knowing($0.cloud) }
    }

    /// Goes by what the O-Cloud has now.
    func know(_ cloud: CloudKnowledge) {
        self.state.withLock { state in
            guard state.cloud != cloud else { return }
            state = (state.planner.knowing(cloud), cloud)
        }
    }
}
