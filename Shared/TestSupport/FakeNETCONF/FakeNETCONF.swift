import Foundation
import Glibc
import Synchronization

/// A NETCONF server with a candidate configuration of the 3GPP NRM, on a TCP port: SSH stands before it. Strict about what it is sent, and as bad
/// as it is told to be.
package final class FakeNETCONF: Sendable {
    package enum Nonsense: CaseIterable, Sendable {
        case noHello, garbage, endless, deep, wrongMessageID, silence
    }

    package struct Behaviour: Sendable {
        package var speaks11 = true
        package var hasCandidate = true
        package var hasConfirmedCommit = true
        package var refusesUnlock = false
        /// Attribute → the most that is accepted.
        package var most: [String: Int] = [:]
        package var dropsAfterConfirmedCommit = false
        /// Does not notice the end of a session while its commit is not confirmed, as of a cable that is cut: ``timeOutUnconfirmed()``.
        package var keepsUnconfirmed = false
        package var ignoresEdits = false
        /// Takes a candidate for unchanged once it was validated, as yuma123 2.13 does.
        package var forgetsWhatIsValid = false
        package var isLockedByOthers = false
        /// Whether it tells of changes (RFC 5277, RFC 6470), and takes a filter of what it tells.
        package var notifies = true
        package var filtersNotifications = true
        /// Tops of its model that it does not have; a filter of one is refused.
        package var lacks: Set<String> = []
        /// Whether its state can be read.
        package var showsState = true
        package var nonsense: Nonsense?
    }

    struct State {
        var behaviour = Behaviour()
        var running = Datastore()
        var candidate: Datastore?
        /// The running configuration before a commit that is not confirmed yet.
        var before: Datastore?
        var holder: Int32?
        var operations: [String] = []
        /// Of those sessions that want to be told; whether they speak in chunks.
        var subscribers: [Int32: Bool] = [:]
        /// Every message that came after a hello.
        var messages: [String] = []
        var sessions = 0
    }

    package struct Failed: Error {}

    package let port: Int
    private let listener: Int32
    private let state: Mutex<State>
    private static let base = "urn:ietf:params:xml:ns:netconf:base:1.0"

    /// - Parameter configuration: XML of what it has at first, the elements below `data`.
    package init(configuration: String = "") throws {
        var state = State()
        state.running.root = try XMLTree("<data xmlns=\"\(Self.base)\">\(configuration)</data>")
        self.state = Mutex(state)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> UInt16? in
                guard bind(descriptor, address, length) == 0, listen(descriptor, 256) == 0, getsockname(descriptor, address, &length) == 0 else { return nil }
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
                let thread = Thread { self.serve(client) }
                thread.stackSize = 512 << 10
                thread.start()
            }
        }
    }

    package func stop() {
        shutdown(self.listener, Int32(SHUT_RDWR))
        Glibc.close(self.listener)
    }

    /// The confirm timeout of what ``Behaviour/keepsUnconfirmed`` kept is over.
    package func timeOutUnconfirmed() { self.state.withLock { Self.takeBack(&$0) } }

    /// RFC 6241 §8.4: what is not confirmed when the session ends is taken back; so is its lock.
    private static func takeBack(_ state: inout State) {
        if let before = state.before { (state.running, state.before) = (before, nil) }
        (state.holder, state.candidate) = (nil, nil)
    }

    package func set(_ change: (inout Behaviour) -> Void) { self.state.withLock { change(&$0.behaviour) } }
    package var operations: [String] { self.state.withLock { $0.operations } }
    package var messages: [String] { self.state.withLock { $0.messages } }
    package var subscriptions: Int { self.state.withLock { $0.subscribers.count } }
    package var running: XMLTree { self.state.withLock { $0.running.root } }
    /// The same without its state.
    package var configuration: XMLTree { self.state.withLock { $0.running.configuration.root } }
    /// RRMPolicyRatio objects by their ids.
    package var shares: [String: XMLTree] {
        Dictionary(self.running.children.filter { $0.name == "RRMPolicyRatio" }.map { ($0.child("id")?.text ?? "", $0) }) { first, _ in first }
    }
    /// Nil while nobody edits.
    package var candidate: XMLTree? { self.state.withLock { $0.candidate?.root } }
    package var isLocked: Bool { self.state.withLock { $0.holder != nil } }
    /// How many there were.
    package var sessions: Int { self.state.withLock { $0.sessions } }

    /// An attribute of the object of that name, `ManagedElement=1,GNBDUFunction=1,NRCellDU=5`.
    package func value(of object: String, _ attribute: String) -> String? {
        var node: XMLTree? = self.running
        for part in object.split(separator: ",") {
            let words = part.split(separator: "=", maxSplits: 1).map(String.init)
            node = node?.children.first { $0.name == words.first && $0.child("id")?.text == words.last }
        }
        return node?.child("attributes")?.child(attribute)?.text
    }

    // MARK: A session

    private func serve(_ client: Int32) {
        defer {
            self.state.withLock { state in
                state.subscribers[client] = nil
                guard state.holder == client else { return }
                // The number of a connection that is over is given to another.
                if state.behaviour.keepsUnconfirmed, state.before != nil { state.holder = -1 } else { Self.takeBack(&state) }
            }
            Glibc.close(client)
        }
        let behaviour = self.state.withLock { state in
            state.sessions += 1
            return state.behaviour
        }
        guard self.greet(client, behaviour) else { return }
        var messages = MessageReader()
        var isGreeted = false
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(client, &bytes, bytes.count)
            guard count > 0 else { return }
            messages.append(bytes[..<count])
            while let message = messages.next() {
                guard let element = try? XMLTree(message) else { return }
                if !isGreeted {
                    isGreeted = true
                    guard element.name == "hello", element.namespace == Self.base else { return }
                    let speaks11 = element.all("capability").contains { $0.text == "urn:ietf:params:netconf:base:1.1" }
                    messages.isChunked = behaviour.speaks11 && speaks11
                    continue
                }
                self.state.withLock { $0.messages.append(message) }
                guard let reply = self.answer(element, client) else { return }
                let framed = messages.isChunked ? "\n#\(reply.utf8.count)\n\(reply)\n##\n" : reply + "]]>]]>"
                guard self.send(client, Array(framed.utf8)) else { return }
                // After the reply, which says that it begins.
                if element.children.first?.name == "create-subscription", reply.contains("<ok/>") {
                    self.state.withLock { $0.subscribers[client] = messages.isChunked }
                }
                if element.children.first?.name == "close-session" { return }
            }
        }
    }

    private func greet(_ client: Int32, _ behaviour: Behaviour) -> Bool {
        var capabilities = ["urn:ietf:params:netconf:base:1.0"]
        capabilities += ElementModel.namespaces.values.sorted().map { "\($0)?module=\($0.split(separator: ":").last ?? "")" }
        if behaviour.speaks11 { capabilities.append("urn:ietf:params:netconf:base:1.1") }
        if behaviour.notifies { capabilities.append("urn:ietf:params:netconf:capability:notification:1.0") }
        if behaviour.hasCandidate {
            let own = ["candidate:1.0", "validate:1.1", "rollback-on-error:1.0"] + (behaviour.hasConfirmedCommit ? ["confirmed-commit:1.1"] : [])
            capabilities += own.map { "urn:ietf:params:netconf:capability:\($0)" }
        }
        let list = capabilities.map { "<capability>\(XMLTree.escaped($0))</capability>" }.joined()
        let hello = "<hello xmlns=\"\(Self.base)\"><capabilities>\(list)</capabilities><session-id>\(client)</session-id></hello>]]>]]>"
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

    // MARK: Changes at the element itself

    /// Somebody changes the running configuration without us.
    package func change(_ body: (inout XMLTree) -> Void) {
        self.state.withLock { state in
            body(&state.running.root)
            self.tell(&state)
        }
    }

    /// Sets a leaf in the attributes of the object of that name, as ``value(of:_:)`` reads it; nil takes it away.
    package func set(_ attribute: String, to value: String?, of object: String) {
        let parts = object.split(separator: ",").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        self.change { root in Self.set(attribute, value, in: &root, parts[...]) }
    }

    private static func set(_ attribute: String, _ value: String?, in node: inout XMLTree, _ path: ArraySlice<[String]>) {
        guard let part = path.first else {
            guard let at = node.children.firstIndex(where: { $0.name == "attributes" }) else { return }
            let space = node.namespace
            node.children[at].children.removeAll { $0.name == attribute }
            if let value { node.children[at].children.append(XMLTree(attribute, namespace: space, text: value)) }
            return
        }
        guard let at = node.children.firstIndex(where: { $0.name == part.first && $0.child("id")?.text == part.last }) else { return }
        self.set(attribute, value, in: &node.children[at], path.dropFirst())
    }

    /// The sessions that are told end, as of a cable that is cut.
    package func dropSubscriptions() {
        self.state.withLock { state in
            for client in state.subscribers.keys { shutdown(client, Int32(SHUT_RDWR)) }
        }
    }

    private static let notifications = "urn:ietf:params:xml:ns:netconf:notification:1.0"

    private func tell(_ state: inout State) {
        let change = """
            <notification xmlns="\(Self.notifications)"><eventTime>2026-01-01T00:00:00Z</eventTime>\
            <netconf-config-change xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-notifications"><changed-by><server/></changed-by>\
            <datastore>running</datastore></netconf-config-change></notification>
            """
        self.tell(change, state.subscribers)
    }

    /// Whatever it is, to all who want to be told.
    package func tell(_ message: String) { self.tell(message, self.state.withLock { $0.subscribers }) }

    private func tell(_ message: String, _ subscribers: [Int32: Bool]) {
        for (client, isChunked) in subscribers {
            _ = self.send(client, Array((isChunked ? "\n#\(message.utf8.count)\n\(message)\n##\n" : message + "]]>]]>").utf8))
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
    private func answer(_ rpc: XMLTree, _ client: Int32) -> String? {
        guard rpc.name == "rpc", rpc.namespace == Self.base, let operation = rpc.children.first, let id = rpc.attributes["message-id"] else { return nil }
        return self.state.withLock { state in
            let isConfirmed = operation.child("confirmed") != nil
            state.operations.append(operation.name + (isConfirmed ? " confirmed" : ""))
            let content: String
            do throws(Datastore.Rejected) {
                content = try self.content(&state, operation, client)
            } catch {
                content = Self.error(error)
            }
            if isConfirmed, state.behaviour.dropsAfterConfirmedCommit { return nil }
            let shown = state.behaviour.nonsense == .wrongMessageID ? "999" : id
            return "<rpc-reply xmlns=\"\(Self.base)\" message-id=\"\(shown)\">\(content)</rpc-reply>"
        }
    }

    private static func removes(_ node: XMLTree) -> Bool {
        node.attributes.contains { $0.key.hasSuffix("operation") && $0.value == "remove" } || node.children.contains { self.removes($0) }
    }

    private static func error(_ error: Datastore.Rejected) -> String {
        let prefix = error.path.first == "RRMPolicyRatio" ? "rrm" : "nrm"
        let path =
            error.path.isEmpty
            ? "" : "<error-path xmlns:\(prefix)=\"\(ElementModel.rrmPolicy)\">\(error.path.map { "/\(prefix):\($0)" }.joined())</error-path>"
        return
            "<rpc-error><error-type>application</error-type><error-tag>\(error.tag)</error-tag><error-severity>error</error-severity>\(path)<error-message>\(XMLTree.escaped(error.message))</error-message></rpc-error>"
    }

    private func content(_ state: inout State, _ operation: XMLTree, _ client: Int32) throws(Datastore.Rejected) -> String {
        let isSubscription = operation.name == "create-subscription"
        guard operation.namespace == (isSubscription ? Self.notifications : Self.base) else {
            throw .init(tag: "unknown-namespace", message: "\(operation.name) of \(operation.namespace)")
        }
        switch operation.name {
        case "create-subscription":
            guard state.behaviour.notifies else { throw .init(tag: "operation-not-supported", message: operation.name) }
            guard state.behaviour.filtersNotifications || operation.child("filter") == nil else {
                throw .init(tag: "operation-failed", message: "no filter is known")
            }
        case "get" where !state.behaviour.showsState: throw .init(tag: "operation-failed", message: "the state cannot be read")
        case "get-config", "get":
            let filters = operation.child("filter")?.children
            for filter in filters ?? [] where !ElementModel.tops.contains(filter.name) || state.behaviour.lacks.contains(filter.name) {
                throw .init(tag: "operation-failed", message: "Subtree filter node \"\(filter.name)\" does not match any YANG nodes.")
            }
            if operation.name == "get-config" {
                guard operation.child("source")?.child("running") != nil else { throw .init(tag: "invalid-value", message: "no such source") }
                let configuration = state.running.configuration
                let selected = filters.map { configuration.selected(by: $0) } ?? configuration.root.children
                return "<data>\(selected.map { $0.written(in: Self.base) }.joined())</data>"
            }
            let selected = filters.map { state.running.selected(by: $0) } ?? state.running.root.children
            return "<data>\(selected.map { $0.written(in: Self.base) }.joined())</data>"
        case "lock":
            if state.behaviour.isLockedByOthers || state.holder != nil { throw .init(tag: "lock-denied", message: "somebody else edits") }
            (state.holder, state.candidate) = (client, state.running)
        case "unlock":
            guard state.holder == client, !state.behaviour.refusesUnlock else { throw .init(tag: "operation-failed", message: "not locked") }
            (state.holder, state.candidate) = (nil, nil)
        case "discard-changes": state.candidate = state.running
        case "edit-config":
            guard operation.child("target")?.child("candidate") != nil, let config = operation.child("config"), state.holder == client else {
                throw .init(tag: "invalid-value", message: "only the candidate is edited, under a lock")
            }
            if !state.behaviour.speaks11, Self.removes(config) {
                throw .init(tag: "bad-attribute", message: "remove is an operation of 1.1")
            }
            // On an error nothing of it stays.
            var edited = state.candidate ?? state.running
            try edited.edit(config, operation: operation.child("default-operation")?.text ?? "merge", most: state.behaviour.most)
            state.candidate = edited
        case "validate":
            try (state.candidate ?? state.running).validate()
            if state.behaviour.forgetsWhatIsValid { state.candidate = state.running }
        case "close-session": break
        case "commit":
            state.before = operation.child("confirmed") != nil ? state.running : nil
            if !state.behaviour.ignoresEdits, let candidate = state.candidate {
                try candidate.validate()
                let hasChanged = candidate.root != state.running.root
                state.running = candidate
                if hasChanged { self.tell(&state) }
            }
        case "cancel-commit": if let before = state.before { (state.running, state.before) = (before, nil) }
        default: throw .init(tag: "operation-not-supported", message: operation.name)
        }
        return "<ok/>"
    }
}
