import Foundation
import HTTPFetch
import ServiceClient

/// Calls about the pull requests of one repository: the part of their REST API that Gitea (and Forgejo) and GitHub have in common.
struct ForgeClient: Sendable {
    let client: ServiceClient
    /// `owner/name`.
    let repository: String
    /// The branch that is merged into.
    let base: String

    private static let pageSize = 50
    private static let maxPages = 200

    private struct Opening: Encodable {
        var title: String
        var head: String
        var base: String
        var body: String
    }

    private struct Closing: Encodable { var state = "closed" }

    private struct Complaint: Decodable { var message: String? }

    private var root: String { "/repos/\(self.repository)/pulls" }
    private var owner: Substring { self.repository.prefix { $0 != "/" } }

    func pull(_ number: Int) async throws(ForgeError) -> PullRequest { try await self.call("GET", "\(self.root)/\(number)", mayRepeat: true) }

    /// The newest one of a branch, in whatever state; nil when there is none since `time`.
    ///
    /// GitHub narrows the list down to the branch, Gitea does not; both have the newest first.
    func find(head branch: String, since time: CommitTime) async throws(ForgeError) -> PullRequest? {
        for page in 1...Self.maxPages {
            let query = "state=all&head=\(self.owner):\(branch)&limit=\(Self.pageSize)&per_page=\(Self.pageSize)&page=\(page)"
            let pulls: [PullRequest] = try await self.call("GET", "\(self.root)?\(query)", mayRepeat: true)
            if let pull = pulls.first(where: { $0.head.isNamed(branch) }) { return pull }
            guard let last = pulls.last, CommitTime(rfc3339: last.createdAt).map({ $0 >= time }) ?? true else { return nil }
        }
        return nil
    }

    func open(head branch: String, title: String, body: String) async throws(ForgeError) -> PullRequest {
        try await self.call("POST", self.root, Opening(title: title, head: branch, base: self.base, body: body), mayRepeat: false)
    }

    /// As it is afterwards: one that was merged meanwhile stays merged.
    func close(_ number: Int) async throws(ForgeError) -> PullRequest {
        do throws(ForgeError) {
            let _: PullRequest = try await self.call("PATCH", "\(self.root)/\(number)", Closing(), mayRepeat: true)
        } catch {
            let pull = try await self.pull(number)
            guard pull.state == .closed || pull.isMerged else { throw error }
            return pull
        }
        return try await self.pull(number)
    }

    private func call<Value: Decodable>(_ method: String, _ path: String, mayRepeat: Bool) async throws(ForgeError) -> Value {
        try await self.call(method, path, bytes: nil, mayRepeat: mayRepeat)
    }

    private func call<Value: Decodable>(_ method: String, _ path: String, _ body: some Encodable, mayRepeat: Bool) async throws(ForgeError) -> Value {
        let bytes: [UInt8]
        do { bytes = try Array(JSONEncoder().encode(body)) } catch { throw .nonsense("\(error)") }
        return try await self.call(method, path, bytes: bytes, mayRepeat: mayRepeat)
    }

    private func call<Value: Decodable>(_ method: String, _ path: String, bytes: [UInt8]?, mayRepeat: Bool) async throws(ForgeError) -> Value {
        let response: FetchResponse
        do throws(ServiceCallError) {
            response = try await self.client.call(method, path, body: bytes, headers: [("accept", "application/json")], mayRepeat: mayRepeat)
        } catch {
            throw ForgeError(error)
        }
        if response.status == 429 { throw .away("the forge asks for fewer calls") }
        guard (200..<300).contains(response.status) else {
            let complaint = try? JSONDecoder().decode(Complaint.self, from: Data(response.body))
            throw .refused(status: response.status, complaint?.message.map { String($0.prefix(300)) } ?? "it gave no reason")
        }
        do {
            return try JSONDecoder().decode(Value.self, from: Data(response.body))
        } catch {
            throw .nonsense("\(method) \(path.prefix { $0 != "?" }): \(error)")
        }
    }
}
