extension Plan {
    package var changesPackages: Bool { self.packages.contains { $0.change != .none } }
    package var changesPolicies: Bool { self.policies.contains { $0.change == .put || $0.change == .delete } }

    /// What an approval approves: each change with its outcome. Another plan has other digests and asks again.
    package var changeDigests: [String] {
        self.packages.filter { $0.change != .none }.map { "\($0.path)@\($0.result ?? "absent")" }
            + self.policies.filter { $0.change == .put || $0.change == .delete }.map { "\($0.policyId)@\($0.change.rawValue)@\($0.document)" }
    }
}
