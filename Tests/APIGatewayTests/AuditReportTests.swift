import AuditLog
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceRuntime
import TestSupport
import Testing

@testable import APIGateway
@testable import AccessControl

/// What services report to the audit log.
@Suite struct AuditReportTests {
    private static let secret = String(repeating: "s", count: 40)

    private static func report(_ change: [String: Any] = [:], service: String = "rag-api", count: Int = 1) throws -> String {
        let entry: [String: Any] = [
            "at": "2026-05-28T20:26:40.120Z", "who": "nora", "verb": "DELETE", "object": "/v1/documents/x", "outcome": "204", "detail": "from 10.0.0.1",
        ]
        let entries = Array(repeating: entry.merging(change) { $1 }, count: count)
        return String(decoding: try JSONSerialization.data(withJSONObject: ["service": service, "entries": entries]), as: UTF8.self)
    }

    @Test("a service reports what happened at it, and at no other; what it says is kept within bounds, or nothing of it is")
    func reports() async throws {
        let directory = try TemporaryDirectory()
        let settings = ["AUDIT_PATH": directory.file("audit"), "SERVICE_SECRET": Self.secret]
        try await AuthorisationMatrixTests.withGateway(settings) { client, _, _, _ in
            func send(_ body: String, from caller: String = "rag-api") async throws -> TestResponse {
                let token = try ServiceSecret(Self.secret).token(from: caller, to: "api-gateway", now: Int64(Date.now.timeIntervalSince1970))
                return try await client.post("/v1/audit/reports", body, as: token, headers: [.contentType: "application/json"])
            }
            let taken = try await send(try Self.report(["detail": "by redis://user:word@host\n\"x"], count: 2))
            #expect(taken.status == .ok && taken.text == #"{"recorded":2}"#, "\(taken.text)")
            let other = try await send(try Self.report(), from: "oran-adaptor")
            #expect(other.status == .forbidden && other.text.contains("oran-adaptor"))
            let person = try await client.post("/v1/audit/reports", try Self.report(), as: "root-key", headers: [.contentType: "application/json"])
            #expect(person.status == .forbidden, "where services sign, an admin forges no report")
            let bad = [
                try Self.report(service: "nobody"), try Self.report(count: 0), try Self.report(count: 501), try Self.report(["at": "yesterday"]),
                try Self.report(["who": ""]), try Self.report(["object": String(repeating: "x", count: 1_001)]), "{}",
            ]
            for body in bad {
                let answer = try await send(body)
                #expect(answer.status == .badRequest && answer.text.contains(#""code":"invalid_body""#), "\(body.prefix(80)): \(answer.text)")
            }
            let found = try await client.get("/v1/audit/entries?who=nora", as: "root-key")
            let items = try found.json()["items"] as? [[String: Any]] ?? []
            #expect(items.count == 2)
            #expect(items.first?["detail"] as? String == "at rag-api, by redis://[redacted]@host\n\"x")
            let report = try AuditReport(of: AuditDirectory(path: directory.file("audit")), anchors: [])
            #expect(report.isSound)
        }
    }
}
