/// One NETCONF session, RFC 6241, blocking: hello, then one rpc after the other.
final class NETCONFSession {
    static let namespace = "urn:ietf:params:xml:ns:netconf:base:1.0"
    /// A message may not be longer.
    static let maxMessageBytes = 16 << 20

    enum Capability: String, CaseIterable {
        case base10 = "urn:ietf:params:netconf:base:1.0"
        case base11 = "urn:ietf:params:netconf:base:1.1"
        case candidate = "urn:ietf:params:netconf:capability:candidate:1.0"
        case confirmedCommit = "urn:ietf:params:netconf:capability:confirmed-commit:1.1"
        case confirmedCommit10 = "urn:ietf:params:netconf:capability:confirmed-commit:1.0"
        case validate = "urn:ietf:params:netconf:capability:validate:1.1"
        case validate10 = "urn:ietf:params:netconf:capability:validate:1.0"
        case rollbackOnError = "urn:ietf:params:netconf:capability:rollback-on-error:1.0"
        case notification = "urn:ietf:params:netconf:capability:notification:1.0"
    }

    /// All that the element said it has, without parameters.
    let capabilities: Set<String>
    private let element: String
    private let channel: SSHChannel
    private var decoder: NETCONFDecoder
    private var lastID = 0
    /// After a change whose end is not known: how long the element may still show it and take it back.
    private(set) var unconfirmedFor: Duration?

    /// - Parameter limit: how long a message may be, in bytes.
    init(with element: ManagedElement, over channel: SSHChannel, limit: Int = NETCONFSession.maxMessageBytes) throws(O1Error) {
        self.element = element.name
        self.channel = channel
        let own = [Capability.base10, .base11].map { XMLElement("capability", namespace: Self.namespace, text: $0.rawValue) }
        let hello = XMLElement("hello", namespace: Self.namespace, children: [XMLElement("capabilities", namespace: Self.namespace, children: own)])
        var decoder = NETCONFDecoder(limit: limit)
        try channel.write(NETCONFFraming.endOfMessage.frame(Array(hello.xml.utf8)))
        let answer = try Self.message(&decoder, channel, element.name)
        guard answer.name == "hello", let list = answer.child("capabilities") else {
            throw O1Error(.nonconforming, element: element.name, detail: "it begins with \(answer.name), not with its capabilities")
        }
        self.capabilities = Set(list.children("capability").prefix(4_096).map { String($0.text.prefix { $0 != "?" }) })
        guard self.capabilities.contains(Capability.base10.rawValue) || self.capabilities.contains(Capability.base11.rawValue) else {
            throw O1Error(.nonconforming, element: element.name, detail: "it speaks neither NETCONF 1.0 nor 1.1")
        }
        if self.capabilities.contains(Capability.base11.rawValue) { decoder.switchToChunks() }
        self.decoder = decoder
    }

    func has(_ capability: Capability) -> Bool { self.capabilities.contains(capability.rawValue) }

    // MARK: Operations

    /// - Parameter filters: subtrees.
    func getConfig(_ source: String = "running", _ filters: [XMLElement]) throws(O1Error) -> XMLElement {
        let children = [
            Self.element("source", [Self.element(source)]),
            XMLElement("filter", namespace: Self.namespace, attributes: ["type": "subtree"], children: filters),
        ]
        return try self.rpc(Self.element("get-config", children)).child("data") ?? XMLElement("data", namespace: Self.namespace)
    }

    /// What the running configuration and the element's state have there.
    ///
    /// - Parameter filters: subtrees.
    func get(_ filters: [XMLElement]) throws(O1Error) -> XMLElement {
        let filter = XMLElement("filter", namespace: Self.namespace, attributes: ["type": "subtree"], children: filters)
        return try self.rpc(Self.element("get", [filter])).child("data") ?? XMLElement("data", namespace: Self.namespace)
    }

    /// Changes the running configuration so that a failure anywhere leaves the element as it was: candidate under lock, validated, committed
    /// for `confirmWithin` seconds, checked, confirmed. A session that is lost in between is rolled back by the element itself, sooner or later:
    /// ``unconfirmedFor`` says how late it may be.
    ///
    /// - Parameters:
    ///   - mayCreate: otherwise what `config` changes has to be there, but for what says an operation of its own.
    ///   - check: whether the running configuration is as it should be, before it is confirmed.
    func change(_ config: XMLElement, mayCreate: Bool = true, confirmWithin seconds: Int = 60, check: () throws(O1Error) -> Bool) throws(O1Error) {
        guard self.has(.candidate) else {
            throw O1Error(.nonconforming, element: self.element, detail: "it has no candidate configuration, so that a change could not be taken back safely")
        }
        guard self.has(.confirmedCommit) || self.has(.confirmedCommit10) else {
            throw O1Error(
                .nonconforming, element: self.element, detail: "it has no confirmed commit, so that a change would stay though its session were lost")
        }
        let candidate = Self.element("target", [Self.element("candidate")])
        try self.lock(candidate)
        var isPending = false
        do throws(O1Error) {
            var edit = [candidate, Self.element("default-operation", text: mayCreate ? "merge" : "none")]
            if self.has(.rollbackOnError) { edit.append(Self.element("error-option", text: "rollback-on-error")) }
            edit.append(Self.element("config", [self.has(.base11) ? config : Self.withoutRemove(config)]))
            let validates = self.has(.validate) || self.has(.validate10)
            var isMade = try self.attempt(edit, validates: validates, confirmWithin: seconds, isPending: &isPending, check)
            if !isMade, validates {
                // There are servers (yuma123 2.13) that take a candidate for unchanged once it was validated. A commit validates by itself.
                _ = try? self.rpc(Self.element("cancel-commit"))
                isMade = try self.attempt(edit, validates: false, confirmWithin: seconds, isPending: &isPending, check)
            }
            guard isMade else {
                throw O1Error(.rejected, element: self.element, detail: "it took the change, and its running configuration does not show it")
            }
        } catch {
            var isLost = Self.isLoss(error)
            // A lost session needs neither: the element drops the lock and what was not confirmed.
            if !isLost {
                if isPending, self.has(.confirmedCommit) {
                    do throws(O1Error) { _ = try self.rpc(Self.element("cancel-commit")) } catch { isLost = Self.isLoss(error) }
                }
                _ = try? self.rpc(Self.element("discard-changes"))
                _ = try? self.rpc(Self.element("unlock", [candidate]))
            }
            // It does so when it learns of the loss: of a cable that is cut it does not before its own time is over.
            if isPending, isLost { self.unconfirmedFor = .seconds(seconds) }
            throw error
        }
        // The change is made; the end of the session gives up a lock that stays.
        _ = try? self.rpc(Self.element("unlock", [candidate]))
    }

    /// The operation `remove` is of NETCONF 1.1 (RFC 6241 §7.2); before, what is there is deleted.
    private static func withoutRemove(_ node: XMLElement) -> XMLElement {
        var copy = node
        if copy.attributes["nc:operation"] == "remove" { copy.attributes["nc:operation"] = "delete" }
        copy.children = node.children.map { self.withoutRemove($0) }
        return copy
    }

    /// - Returns: whether it is confirmed; otherwise the running configuration does not show it.
    private func attempt(
        _ edit: [XMLElement], validates: Bool, confirmWithin seconds: Int, isPending: inout Bool, _ check: () throws(O1Error) -> Bool
    ) throws(O1Error) -> Bool {
        try self.ok(Self.element("discard-changes"))
        try self.ok(Self.element("edit-config", edit))
        if validates { try self.ok(Self.element("validate", [Self.element("source", [Self.element("candidate")])])) }
        isPending = true
        try self.ok(Self.element("commit", [Self.element("confirmed"), Self.element("confirm-timeout", text: "\(seconds)")]))
        guard try check() else { return false }
        try self.ok(Self.element("commit"))
        isPending = false
        return true
    }

    /// A lock that is not given is a matter of time, whatever the reason but that there is none or that we may not: somebody has it, or has left the
    /// candidate changed (RFC 6241 §7.5).
    private func lock(_ target: XMLElement) throws(O1Error) {
        do throws(O1Error) {
            try self.ok(Self.element("lock", [target]))
        } catch {
            guard error.kind == .rejected, !error.detail.hasPrefix("operation-not-supported") else { throw error }
            throw O1Error(.busy, element: self.element, detail: error.detail, path: error.path)
        }
    }

    /// Runs `body` while nothing is pending: no lock of the running configuration is granted while another session has a commit that is not confirmed
    /// (RFC 6241 §7.5). An element that does not lock it for us at all is taken at its word.
    ///
    /// - Throws: that it is busy, while somebody else has one, or the lock.
    func whileSettled(_ body: () throws(O1Error) -> Void) throws(O1Error) {
        let running = Self.element("target", [Self.element("running")])
        var isLocked = true
        do throws(O1Error) {
            try self.ok(Self.element("lock", [running]))
        } catch {
            if error.kind == .busy || Self.isLoss(error) { throw error }
            isLocked = false
        }
        try body()
        // The end of the session gives it up, too.
        if isLocked { _ = try? self.rpc(Self.element("unlock", [running])) }
    }

    private static func isLoss(_ error: O1Error) -> Bool { error.kind == .lost || error.kind == .unreachable }

    func close() { _ = try? self.rpc(Self.element("close-session")) }

    // MARK: rpc

    private func ok(_ operation: XMLElement) throws(O1Error) {
        let reply = try self.rpc(operation)
        guard reply.child("ok") != nil else { throw O1Error(.nonconforming, element: self.element, detail: "it does not answer \(operation.name) with ok") }
    }

    private func rpc(_ operation: XMLElement) throws(O1Error) -> XMLElement {
        self.lastID += 1
        let id = "\(self.lastID)"
        let rpc = XMLElement("rpc", namespace: Self.namespace, attributes: ["message-id": id], children: [operation])
        try self.channel.write(self.decoder.framing.frame(Array(rpc.xml.utf8)))
        // Notifications may come in between.
        for _ in 0..<1_000 {
            let reply = try Self.message(&self.decoder, self.channel, self.element)
            guard reply.name == "rpc-reply" else { continue }
            guard reply.attributes["message-id"] == id else {
                throw O1Error(.nonconforming, element: self.element, detail: "it answers \(reply.attributes["message-id"] ?? "nothing"), which was not asked")
            }
            if let error = reply.children("rpc-error").first(where: { $0.child("error-severity")?.text != "warning" }) {
                throw Self.error(error, self.element)
            }
            return reply
        }
        throw O1Error(.nonconforming, element: self.element, detail: "it sends anything but the reply")
    }

    private static func message(_ decoder: inout NETCONFDecoder, _ channel: SSHChannel, _ element: String) throws(O1Error) -> XMLElement {
        do {
            while true {
                if let bytes = try decoder.next() { return try XMLReader.read(bytes) }
                decoder.append(try channel.read())
            }
        } catch let error as O1Error {
            throw error
        } catch {
            throw O1Error(.nonconforming, element: element, detail: "\(error)")
        }
    }

    // MARK: Notifications

    /// Asks to be told when the configuration changes (RFC 5277, RFC 6470); an element that takes no filter is asked for everything. Nothing else is
    /// asked in this session afterwards: not every element answers in between.
    func subscribe() throws(O1Error) {
        let filter = XMLElement(
            "filter", namespace: Self.notifications, attributes: ["type": "subtree"],
            children: [XMLElement("netconf-config-change", namespace: Self.changes)])
        do throws(O1Error) {
            try self.ok(XMLElement("create-subscription", namespace: Self.notifications, children: [filter]))
        } catch {
            guard error.kind == .rejected else { throw error }
            try self.ok(XMLElement("create-subscription", namespace: Self.notifications))
        }
    }

    /// Waits for what the element tells next.
    ///
    /// - Returns: whether it is that the running configuration changed; nil when nothing came in time.
    func notification(within time: Duration) throws(O1Error) -> Bool? {
        let end = ContinuousClock.now + time
        do {
            while true {
                if let bytes = try self.decoder.next() { return Self.isChange(try XMLReader.read(bytes)) }
                guard let more = try self.channel.read(until: end) else { return nil }
                self.decoder.append(more)
            }
        } catch let error as O1Error {
            throw error
        } catch {
            throw O1Error(.nonconforming, element: self.element, detail: "\(error)")
        }
    }

    /// RFC 6470 §2.2; without a datastore it is the running one.
    private static func isChange(_ message: XMLElement) -> Bool {
        guard message.name == "notification", let change = message.children.first(where: { $0.name == "netconf-config-change" && $0.namespace == self.changes })
        else { return false }
        return change.child("datastore").map { $0.text == "running" } ?? true
    }

    private static let notifications = "urn:ietf:params:xml:ns:netconf:notification:1.0"
    private static let changes = "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications"

    /// RFC 6241 §4.3 and appendix A.
    static func error(_ error: XMLElement, _ element: String) -> O1Error {
        let tag = error.child("error-tag")?.text ?? "operation-failed"
        let message = error.child("error-message")?.text ?? ""
        let kind: O1Error.Kind =
            switch tag {
            case "in-use", "lock-denied", "resource-denied": .busy
            case "access-denied": .denied
            case "data-missing": .notFound
            default: .rejected
            }
        let detail = message.isEmpty ? tag : "\(tag): \(message.prefix(300))"
        return O1Error(kind, element: element, detail: detail, path: error.child("error-path").map { String($0.text.prefix(300)) })
    }

    private static func element(_ name: String, _ children: [XMLElement] = [], text: String = "") -> XMLElement {
        XMLElement(name, namespace: self.namespace, text: text, children: children)
    }
}
