import Testing

/// Gives the tests of a suite an installation to share: started before the first, killed after the last.
struct InstallationTrait: SuiteTrait, TestScoping {
    func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void) async throws {
        let installation = try await Installation.start()
        defer { installation.stop() }
        try await Installation.$current.withValue(installation) { try await function() }
    }
}

extension Trait where Self == InstallationTrait {
    static var installed: Self { Self() }
}
