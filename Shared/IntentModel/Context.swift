/// Where and under which circumstances an expectation holds. Absent members were not said.
package struct Context: Codable, Sendable, Equatable {
    package var namespace: String?
    package var cluster: String?
    package var region: String?
    package var site: String?
    package var zone: String?
    /// `production`, `staging`, `test` or `dev`.
    package var environment: String?
    package var slice: SliceID?
    /// `MCC-MNC`, e.g. `310-410`.
    package var plmn: String?
    package var dnn: String?
    package var tac: String?
    package var cell: String?
    package var gnb: String?
    package var ue: String?
    package var tenant: String?
    /// What it is for ("remote surgery").
    package var use: String?
    /// Canonical words: `low-latency`, `high-throughput`, `edge` …
    package var qualities: [String]?
    /// Functions it must work with.
    package var depends: [String]?
    package var window: TimeWindow?
    /// `immediate`.
    package var urgency: String?
    /// Origin of a migration.
    package var from: String?

    package init() {}
}

/// S-NSSAI, 3GPP TS 23.003 §28.4.
package struct SliceID: Codable, Sendable, Equatable, Hashable {
    /// 0…255; 1 eMBB, 2 URLLC, 3 mMTC, 4 V2X.
    package var sst: Int
    /// Six hexadecimal digits.
    package var sd: String?

    package init(sst: Int, sd: String? = nil) {
        self.sst = sst
        self.sd = sd
    }
}

/// When an intent may take effect: RFC 3339 instants, or a recurrence in words.
package struct TimeWindow: Codable, Sendable, Equatable {
    package var start: String?
    package var end: String?
    package var recurrence: String?

    package init(start: String? = nil, end: String? = nil, recurrence: String? = nil) {
        self.start = start
        self.end = end
        self.recurrence = recurrence
    }
}
