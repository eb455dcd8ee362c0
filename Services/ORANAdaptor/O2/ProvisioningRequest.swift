import JSONSchema

/// A request for infrastructure, O2 IMS provisioning v1 `ProvisioningRequestData`; all members are required.
struct ProvisioningRequest: Sendable, Equatable, Codable {
    /// `PENDING` and `PROGRESSING` go on; the others are ends.
    enum Phase: String, Sendable, Codable, CaseIterable {
        case pending = "PENDING"
        case progressing = "PROGRESSING"
        case fulfilled = "FULFILLED"
        case failed = "FAILED"
        case deleting = "DELETING"

        var isEnd: Bool { self == .fulfilled || self == .failed }
    }

    struct Status: Sendable, Equatable, Codable {
        var phase: Phase
        var message: String
        var nodeClusterId: String?
        var resources: [String]
    }

    /// A UUID of ours: asking twice is one request.
    var provisioningRequestId: String
    var name: String
    var description: String
    var templateName: String
    var templateVersion: String
    var templateParameters: JSONValue

    static func isIdentifier(_ text: String) -> Bool {
        text.split(separator: "-", omittingEmptySubsequences: false).map(\.utf8.count) == [8, 4, 4, 4, 12]
            && text.allSatisfy { $0 == "-" || $0.isASCII && $0.isHexDigit }
    }

    struct Invalid: Error, CustomStringConvertible { let description: String }

    func validate() throws(Invalid) {
        guard Self.isIdentifier(self.provisioningRequestId) else { throw Invalid(description: "provisioningRequestId is a UUID") }
        for (name, text) in [("name", self.name), ("templateName", self.templateName), ("templateVersion", self.templateVersion)] where text.isEmpty {
            throw Invalid(description: "\(name) is empty")
        }
        guard self.templateParameters.object != nil else { throw Invalid(description: "templateParameters is an object") }
    }
}
