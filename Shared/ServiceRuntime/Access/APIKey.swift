/// A key as it is kept: its hash and whose it is.
package struct APIKey: Sendable {
    package let hash: KeyHash
    package let principal: Principal

    package init(hash: KeyHash, principal: Principal) {
        self.hash = hash
        self.principal = principal
    }
}
