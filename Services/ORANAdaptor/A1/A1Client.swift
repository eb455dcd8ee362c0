import HTTPFetch
package import JSONSchema

/// A1-P v2 (O-RAN.WG2.A1AP-v02.00) towards one RIC, and the form of it that the O-RAN SC near-RT RIC speaks.
package struct A1Client: PolicyProducer {
    package let ric: RIC
    private let transport: A1Transport
    private let root: A1Root

    /// - Parameter root: shared by all clients of one RIC.
    package init(ric: RIC, transport: A1Transport, root: A1Root) {
        self.ric = ric
        self.transport = transport
        self.root = root
    }

    package func policyTypes() async throws(A1Error) -> [String] {
        if self.root.variant == nil { return try self.identifiers(of: try await self.discover()) }
        return try self.identifiers(of: try self.transport.checked(try await self.send("GET", "/policytypes"), [200]))
    }

    package func policyType(_ id: String) async throws(A1Error) -> PolicyType {
        let response = try self.transport.checked(try await self.send("GET", "/policytypes/\(A1Transport.segment(id))"), [200])
        return PolicyType(id: id, object: try self.transport.json(response))
    }

    package func policies(of type: String) async throws(A1Error) -> [String] {
        try self.identifiers(of: try self.transport.checked(try await self.send("GET", "/policytypes/\(A1Transport.segment(type))/policies"), [200]))
    }

    package func policy(_ id: String, of type: String) async throws(A1Error) -> JSONValue? {
        let response = try await self.send("GET", Self.path(type, id))
        if response.status == 404 { return nil }
        let document = try self.transport.json(try self.transport.checked(response, [200]))
        // Some implementations encode a document twice.
        if let text = document.string, let inner = try? JSONValue(parsing: text) { return inner }
        return document
    }

    package func put(_ document: JSONValue, as id: String, of type: String, notificationDestination: String?) async throws(A1Error) -> Bool {
        let query = notificationDestination.map { "?notificationDestination=\(A1Transport.segment($0))" } ?? ""
        // The O-RAN SC RIC answers 202 to both.
        let response = try self.transport.checked(try await self.send("PUT", Self.path(type, id) + query, body: document.bytes), [200, 201, 202])
        return response.status == 201
    }

    package func delete(_ id: String, of type: String) async throws(A1Error) -> Bool {
        let response = try await self.send("DELETE", Self.path(type, id))
        if response.status == 404 { return false }
        _ = try self.transport.checked(response, [200, 202, 204])
        return true
    }

    package func status(of id: String, of type: String) async throws(A1Error) -> PolicyStatus? {
        let response = try await self.send("GET", Self.path(type, id) + "/status")
        if response.status == 404 || response.status == 501 { return nil }
        return PolicyStatus(try self.transport.json(try self.transport.checked(response, [200])))
    }

    // MARK: Root

    private static func path(_ type: String, _ id: String) -> String { "/policytypes/\(A1Transport.segment(type))/policies/\(A1Transport.segment(id))" }

    private func send(_ method: String, _ path: String, body: [UInt8]? = nil) async throws(A1Error) -> FetchResponse {
        if self.root.variant == nil { _ = try await self.discover() }
        return try await self.transport.send(method, (self.root.variant ?? .standard).rawValue + path, body: body)
    }

    /// The list of types, from the first root that has one. Anything but 404 is no reason to look elsewhere.
    private func discover() async throws(A1Error) -> FetchResponse {
        for variant in A1Root.Variant.allCases {
            let response = try await self.transport.send("GET", variant.rawValue + "/policytypes")
            if response.status == 404 { continue }
            let list = try self.transport.checked(response, [200])
            _ = try self.identifiers(of: list)
            self.root.learn(variant)
            return list
        }
        let roots = A1Root.Variant.allCases.map(\.rawValue).joined(separator: " nor below ")
        throw A1Error(.nonconforming, ric: self.ric.name, detail: "it serves policy types neither below \(roots)", status: 404)
    }

    private func identifiers(of response: FetchResponse) throws(A1Error) -> [String] {
        // The O-RAN SC near-RT RIC numbers its types.
        try self.transport.array(response, of: "identifiers").compactMap { $0.string ?? $0.integer.map(String.init) }
    }
}
