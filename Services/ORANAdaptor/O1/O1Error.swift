package import IntentModel

/// Why something over O1 did not happen.
package struct O1Error: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Sendable, CaseIterable {
        /// No connection, or no answer in time.
        case unreachable
        /// The element shows another host key than the configured one.
        case hostKey = "host_key"
        /// Its name leads to no address that this process may connect to; nothing was sent.
        case refusedAddress = "refused_address"
        /// It does not let us in.
        case denied
        /// It answers what is no NETCONF, or lacks what a safe change needs.
        case nonconforming
        /// An rpc-error: the element does not accept it as it is.
        case rejected
        /// Somebody else holds the lock, resources are short for now, or a change of a lost session may still be taken back.
        case busy
        /// What was to be changed is not there.
        case notFound = "not_found"
        /// The session ended in the middle; the element rolls back what was not confirmed.
        case lost
        /// The breaker of this element is open; nothing was sent.
        case suspended
    }

    package let kind: Kind
    package let element: String
    package let detail: String
    /// XPath of what an rpc-error is about.
    package var path: String?
    /// It is of no use to come again before.
    package var retryAfter: Duration?

    package init(_ kind: Kind, element: String, detail: String, path: String? = nil) {
        self.kind = kind
        self.element = element
        self.detail = detail
        self.path = path
    }

    package var mayRetry: Bool { [.unreachable, .busy, .lost, .suspended].contains(self.kind) }

    package var description: String { "\(self.element): \(self.detail)" + (self.path.map { " (\($0))" } ?? "") }

    /// As our own caller sees it.
    package var problem: Problem {
        let (status, title): (Int, String) =
            switch self.kind {
            case .unreachable, .lost: (504, "The element does not answer")
            case .busy, .suspended: (503, "The element is busy")
            case .rejected: (422, "The element does not accept the configuration")
            case .notFound: (404, "The element does not have it")
            case .denied, .hostKey, .refusedAddress: (502, "The element is not to be talked to")
            case .nonconforming: (502, "The element does not speak NETCONF as needed")
            }
        return Problem(status: status, code: "o1_\(self.kind.rawValue)", title: title, detail: self.description)
    }
}
