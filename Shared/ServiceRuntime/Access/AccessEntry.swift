/// Something that somebody did, or was refused, on its way into the audit log.
package struct AccessEntry: Codable, Sendable, Equatable {
    /// What verb and outcome of a request that was not let through begin with.
    package static let refused = "refused"

    /// RFC 3339, UTC, milliseconds.
    package var at: String
    package var who: String
    package var tenant: String?
    /// The method, or `refused`.
    package var verb: String
    /// The path, or for what was refused the method and the route's template.
    package var object: String
    /// The status, for what was refused with its code.
    package var outcome: String
    package var detail: String?

    package init(at: String, who: String, tenant: String? = nil, verb: String, object: String, outcome: String, detail: String? = nil) {
        self.at = at
        self.who = who
        self.tenant = tenant
        self.verb = verb
        self.object = object
        self.outcome = outcome
        self.detail = detail
    }
}

/// What a service behind the gateway has to tell the audit log: the body of `POST /v1/audit/reports`.
package struct AccessReport: Codable, Sendable, Equatable {
    package static let maxEntries = 500

    package var service: String
    package var entries: [AccessEntry]

    package init(service: String, entries: [AccessEntry]) {
        self.service = service
        self.entries = entries
    }
}
