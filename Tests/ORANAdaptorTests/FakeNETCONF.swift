import Foundation
import Glibc
import Synchronization

@testable import ORANAdaptor

/// A NETCONF server with a candidate configuration of RRMPolicyRatio, on a TCP port: SSH stands before it.
final class FakeNETCONF: Sendable {
    enum Nonsense: CaseIterable, Sendable {
        case noHello, garbage, endless, deep, wrongMessageID, silence
    }

    struct Behaviour: Sendable {
        var speaks11 = true
        var hasCandidate = true
        var hasConfirmedCommit = true
        var refusesUnlock = false
        /// A rRMPolicyMinRatio above it is refused.
        var mostRatio = 100
        var dropsAfterConfirmedCommit = false
        var ignoresEdits = false
        var isLockedByOthers = false
        var nonsense: Nonsense?
    }

    private struct State {
        var behaviour = Behaviour()
        var running: [String: XMLElement] = [:]
        var candidate: [String: XMLElement] = [:]
        /// The running configuration before a commit that is not confirmed yet.
        var before: [String: XMLElement]?
        var holder: Int32?
        var operations: [String] = []
    }

    let port: Int
    private let listener: Int32
    private let state = Mutex(State())

    struct Failed: Error {}

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> UInt16? in
                guard bind(descriptor, address, length) == 0, listen(descriptor, 16) == 0, getsockname(descriptor, address, &length) == 0 else { return nil }
                return UnsafeRawPointer(address).assumingMemoryBound(to: sockaddr_in.self).pointee.sin_port.bigEndian
            }
        }
        guard let port else { throw Failed() }
        self.port = Int(port)
        self.listener = descriptor
        Thread.detachNewThread { [self] in
            while true {
                let client = accept(self.listener, nil, nil)
                if client < 0 { return }
                Thread.detachNewThread { self.serve(client) }
            }
        }
    }

    func stop() {
        shutdown(self.listener, Int32(SHUT_RDWR))
        Glibc.close(self.listener)
    }

    func set(_ change: (inout Behaviour) -> Void) { self.state.withLock { change(&$0.behaviour) } }
    var operations: [String] { self.state.withLock { $0.operations } }
    var running: [String: XMLElement] { self.state.withLock { $0.running } }
    var candidate: [String: XMLElement] { self.state.withLock { $0.candidate } }
    var isLocked: Bool { self.state.withLock { $0.holder != nil } }

    // MARK: A session

    private func serve(_ client: Int32) {
        defer {
            self.state.withLock { state in
                // RFC 6241 §8.4: what is not confirmed when the session ends is taken back; so is its lock.
                if state.holder == client {
                    if let before = state.before { (state.running, state.before) = (before, nil) }
                    state.holder = nil
                    state.candidate = [:]
                }
            }
            Glibc.close(client)
        }
        let behaviour = self.state.withLock { $0.behaviour }
        guard self.greet(client, behaviour) else { return }
        var decoder = NETCONFDecoder(limit: 1 << 20)
        var isGreeted = false
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(client, &bytes, bytes.count)
            guard count > 0 else { return }
            decoder.append(bytes[..<count])
            while let message = try? decoder.next() {
                guard let element = try? XMLReader.read(message) else { return }
                if !isGreeted {
                    isGreeted = true
                    guard element.name == "hello" else { return }
                    let speaks11 = element.all("capability").contains { $0.text == "urn:ietf:params:netconf:base:1.1" }
                    if behaviour.speaks11, speaks11 { decoder.switchToChunks() }
                    continue
                }
                guard let reply = self.answer(element, client) else { return }
                guard self.send(client, decoder.framing.frame(Array(reply.utf8))) else { return }
                if element.children.first?.name == "close-session" { return }
            }
        }
    }

    private func greet(_ client: Int32, _ behaviour: Behaviour) -> Bool {
        var capabilities = ["urn:ietf:params:netconf:base:1.0", "urn:3gpp:sa5:_3gpp-nr-nrm-rrmpolicy?module=_3gpp-nr-nrm-rrmpolicy"]
        if behaviour.speaks11 { capabilities.append("urn:ietf:params:netconf:base:1.1") }
        if behaviour.hasCandidate {
            let own = ["candidate:1.0", "validate:1.1", "rollback-on-error:1.0"] + (behaviour.hasConfirmedCommit ? ["confirmed-commit:1.1"] : [])
            capabilities += own.map { "urn:ietf:params:netconf:capability:\($0)" }
        }
        let list = capabilities.map { "<capability>\($0.replacing("&", with: "&amp;"))</capability>" }.joined()
        let hello = "<hello xmlns=\"\(NETCONFSession.namespace)\"><capabilities>\(list)</capabilities><session-id>\(client)</session-id></hello>]]>]]>"
        switch behaviour.nonsense {
        case .noHello: return self.send(client, Array("<rpc-reply/>]]>]]>".utf8))
        case .garbage: return self.send(client, Array("220 welcome\r\n]]>]]>".utf8))
        case .deep: return self.send(client, Array((String(repeating: "<a>", count: 10_000) + "]]>]]>").utf8))
        case .silence: return true
        case .endless:
            let block = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)
            for _ in 0..<32 { guard self.send(client, block) else { return false } }
            return true
        case .wrongMessageID, nil: return self.send(client, Array(hello.utf8))
        }
    }

    private func send(_ client: Int32, _ bytes: [UInt8]) -> Bool {
        var at = 0
        while at < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.send(client, $0.baseAddress.map { $0 + at }, bytes.count - at, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            at += count
        }
        return true
    }

    // MARK: Operations

    /// Nil ends the session without an answer.
    private func answer(_ rpc: XMLElement, _ client: Int32) -> String? {
        guard rpc.name == "rpc", let operation = rpc.children.first, let id = rpc.attributes["message-id"] else { return nil }
        return self.state.withLock { state in
            let isConfirmed = operation.child("confirmed") != nil
            state.operations.append(operation.name + (isConfirmed ? " confirmed" : ""))
            let content = self.content(&state, operation, client)
            if isConfirmed, state.behaviour.dropsAfterConfirmedCommit { return nil }
            let shown = state.behaviour.nonsense == .wrongMessageID ? "999" : id
            return "<rpc-reply xmlns=\"\(NETCONFSession.namespace)\" message-id=\"\(shown)\">\(content)</rpc-reply>"
        }
    }

    private static func error(_ tag: String, _ message: String, path: String? = nil) -> String {
        let path = path.map { "<error-path xmlns:rrm=\"\(RRMPolicyRatio.namespace)\">\($0)</error-path>" } ?? ""
        return
            "<rpc-error><error-type>application</error-type><error-tag>\(tag)</error-tag><error-severity>error</error-severity>\(path)<error-message>\(message)</error-message></rpc-error>"
    }

    private func content(_ state: inout State, _ operation: XMLElement, _ client: Int32) -> String {
        switch operation.name {
        case "get-config", "get":
            let wanted = operation.all("RRMPolicyRatio").first?.child("id")?.text
            let policies = state.running.filter { wanted == nil || $0.key == wanted }.sorted { $0.key < $1.key }.map(\.value.xml)
            return "<data>\(policies.joined())</data>"
        case "lock":
            if state.behaviour.isLockedByOthers || state.holder != nil { return Self.error("lock-denied", "somebody else edits") }
            state.holder = client
            state.candidate = state.running
            return "<ok/>"
        case "unlock":
            guard state.holder == client, !state.behaviour.refusesUnlock else { return Self.error("operation-failed", "not locked") }
            state.holder = nil
            state.candidate = [:]
            return "<ok/>"
        case "discard-changes":
            state.candidate = state.running
            return "<ok/>"
        case "edit-config": return self.edit(&state, operation)
        case "validate": return "<ok/>"
        case "commit":
            if operation.child("confirmed") != nil { state.before = state.running } else { state.before = nil }
            if !state.behaviour.ignoresEdits { state.running = state.candidate }
            return "<ok/>"
        case "cancel-commit":
            if let before = state.before { (state.running, state.before) = (before, nil) }
            return "<ok/>"
        case "close-session": return "<ok/>"
        default: return Self.error("operation-not-supported", operation.name)
        }
    }

    private func edit(_ state: inout State, _ operation: XMLElement) -> String {
        guard operation.child("target")?.child("candidate") != nil else { return Self.error("invalid-value", "only the candidate is edited") }
        for policy in operation.child("config")?.children ?? [] {
            guard policy.namespace == RRMPolicyRatio.namespace, let id = policy.child("id")?.text else { return Self.error("unknown-element", policy.name) }
            if policy.attributes["nc:operation"] == "delete" {
                state.candidate[id] = nil
                continue
            }
            if let ratio = policy.all("rRMPolicyMinRatio").first.flatMap({ Int($0.text) }), ratio > state.behaviour.mostRatio {
                return Self.error(
                    "invalid-value", "rRMPolicyMinRatio is at most \(state.behaviour.mostRatio) here",
                    path: "/rrm:RRMPolicyRatio/rrm:attributes/rrm:rRMPolicyMinRatio")
            }
            state.candidate[id] = Self.merged(policy, into: state.candidate[id])
        }
        return "<ok/>"
    }

    /// RFC 6241 §7.2, `merge`, as far as an object of leaves and one keyed list goes.
    private static func merged(_ edit: XMLElement, into there: XMLElement?) -> XMLElement {
        func key(_ element: XMLElement) -> String {
            element.name == "rRMPolicyMemberList" ? ["mcc", "mnc", "sd", "sst"].map { element.child($0)?.text ?? "" }.joined(separator: "-") : element.name
        }
        var result = edit
        guard let at = result.children.firstIndex(where: { $0.name == "attributes" }) else { return result }
        var children = there?.child("attributes")?.children ?? []
        for child in edit.children[at].children {
            children.removeAll { key($0) == key(child) }
            if child.attributes["nc:operation"] != "remove" { children.append(child) }
        }
        result.children[at].children = children
        return result
    }
}

extension XMLElement {
    /// Every element of that name at any depth, itself included.
    func all(_ name: String) -> [XMLElement] { (self.name == name ? [self] : []) + self.children.flatMap { $0.all(name) } }
}
