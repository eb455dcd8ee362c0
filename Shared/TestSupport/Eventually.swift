/// What was waited for did not come about.
package struct NotInTime: Error {
    package init() {}
}

/// Polls until `condition` holds.
///
/// - Throws: ``NotInTime`` at the end of `limit`, and what `condition` throws.
package func eventually(within limit: Duration = .seconds(10), _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw NotInTime()
}
