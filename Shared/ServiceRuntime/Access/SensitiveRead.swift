/// Reading that is written down like a change: what is taken away is a key, or all there is.
package enum SensitiveRead {
    private static let ends = ["/kubeconfig", "/export"]

    /// - Parameter route: its template, such as `/v1/o2/clusters/{cluster}/kubeconfig`.
    package static func contains(_ route: String?) -> Bool { route.map { route in Self.ends.contains { route.hasSuffix($0) } } ?? false }
}
