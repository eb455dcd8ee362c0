import PackagePlanning
import Synchronization

/// The planner with the policy as it is now: another takes its place when the policy's file changes. A file that is wrong changes nothing.
final class CurrentPlanner: Sendable {
    private let planner: Mutex<Planner>
    private let make: @Sendable (ApprovalPolicy) -> Planner
    private let read: @Sendable () throws -> ApprovalPolicy

    /// - Parameters:
    ///   - read: the policy, as the files say now.
    ///   - make: a planner that goes by it.
    init(reading read: @escaping @Sendable () throws -> ApprovalPolicy, _ make: @escaping @Sendable (ApprovalPolicy) -> Planner) throws {
        self.read = read
        self.make = make
        self.planner = Mutex(make(try read()))
    }

    /// One that stays.
    init(_ planner: Planner) {
        self.planner = Mutex(planner)
        self.read = { planner.policy }
        self.make = { _ in planner }
    }

    var value: Planner { self.planner.withLock { $0 } }

    func reload() throws {
        let planner = self.make(try self.read())
        self.planner.withLock { $0 = planner }
    }
}
