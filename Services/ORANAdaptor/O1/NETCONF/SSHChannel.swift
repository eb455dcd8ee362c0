import CSSH
import Foundation
import HTTPFetch
import Telemetry

/// A NETCONF subsystem of an SSH connection, blocking: it lives on one thread of its own and never on the cooperative pool.
/// Sole owner of the C session, key and channel.
final class SSHChannel {
    private let session: ssh_session
    private var channel: ssh_channel?
    private let element: String
    private let deadline: ContinuousClock.Instant

    /// Connects to an address of the element that the policy admits, checks the host's key, logs in and opens the subsystem.
    init(to element: ManagedElement, under policy: OutboundPolicy?, until deadline: ContinuousClock.Instant) throws(O1Error) {
        self.element = element.name
        self.deadline = deadline
        self.session = try Self.connection(to: element, at: try ElementAddress.all(of: element, under: policy), until: deadline)
        do throws(O1Error) {
            try self.check(element.hostKey)
            try self.authenticate(element)
            try self.open()
        } catch {
            self.close()
            throw error
        }
    }

    deinit { self.close() }

    /// Has the connection end when the peer is gone without a word: nothing else tells of that where nothing is said for hours.
    func keepAlive() {
        let descriptor = ssh_get_fd(self.session)
        let options: [(level: Int32, name: Int32, value: Int32)] = [
            (SOL_SOCKET, SO_KEEPALIVE, 1), (Int32(IPPROTO_TCP), TCP_KEEPIDLE, 30), (Int32(IPPROTO_TCP), TCP_KEEPINTVL, 10),
            (Int32(IPPROTO_TCP), TCP_KEEPCNT, 3),
        ]
        for var option in options { setsockopt(descriptor, option.level, option.name, &option.value, socklen_t(MemoryLayout<Int32>.size)) }
    }

    private var isClosed = false

    /// Ends the connection; nothing more can be read or written.
    func close() {
        guard !self.isClosed else { return }
        self.isClosed = true
        if let channel = self.channel {
            ssh_channel_close(channel)
            ssh_channel_free(channel)
        }
        ssh_disconnect(self.session)
        ssh_free(self.session)
    }

    // MARK: Bytes

    func write(_ bytes: [UInt8]) throws(O1Error) {
        var at = 0
        while at < bytes.count {
            let count = min(bytes.count - at, 32_768)
            let written = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map { ssh_channel_write(self.channel, $0 + at, UInt32(count)) } ?? -1
            }
            guard written >= 0 || written == SSH_AGAIN else { throw self.error(.lost, "the session ended: \(self.reason)") }
            at += max(0, Int(written))
            // Its window is full.
            if written <= 0 { try self.wait("it does not read what it is sent") }
        }
    }

    /// At least one byte.
    func read() throws(O1Error) -> [UInt8] {
        guard let bytes = try self.read(until: self.deadline) else { throw self.error(.unreachable, "no answer in time") }
        return bytes
    }

    /// At least one byte; nil when there is none in time.
    func read(until end: ContinuousClock.Instant) throws(O1Error) -> [UInt8]? {
        // A thousand sessions wait with it.
        var bytes = [UInt8](repeating: 0, count: 16_384)
        while true {
            let left = Self.remaining(until: end)
            guard left > 0 else { return nil }
            let count = bytes.withUnsafeMutableBytes { buffer in
                buffer.baseAddress.map { ssh_channel_read_timeout(self.channel, $0, UInt32(buffer.count), 0, Int32(min(left, 1_000))) } ?? -1
            }
            if count > 0 { return Array(bytes[..<Int(count)]) }
            guard count == 0 || count == SSH_AGAIN else { throw self.error(.lost, "the session ended: \(self.reason)") }
            if ssh_channel_is_eof(self.channel) != 0 || ssh_channel_is_open(self.channel) == 0 { throw self.error(.lost, "it closed the session") }
        }
    }

    // MARK: Steps

    /// The first of the addresses that takes a connection; each has its share of the time that is left.
    private static func connection(to element: ManagedElement, at addresses: [String], until deadline: ContinuousClock.Instant) throws(O1Error) -> ssh_session {
        var failure = O1Error(.unreachable, element: element.name, detail: "no connection in time")
        for (index, address) in addresses.enumerated() {
            let share = ContinuousClock.now.duration(to: deadline) / (addresses.count - index)
            guard share > .zero else { break }
            guard let session = ssh_new() else { throw O1Error(.unreachable, element: element.name, detail: "out of memory") }
            do throws(O1Error) {
                try Self.connect(session, element, at: address, until: .now + share)
                return session
            } catch {
                ssh_free(session)
                failure = error
            }
        }
        throw failure
    }

    private static func connect(_ session: ssh_session, _ element: ManagedElement, at address: String, until deadline: ContinuousClock.Instant) throws(O1Error)
    {
        var port = UInt32(element.port)
        // What other programs of this user are configured to do is not ours.
        var no = false
        ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no)
        // An address, of which nothing is looked up. Whose key it has to show is said by the element's entry, whatever its address.
        ssh_options_set(session, SSH_OPTIONS_HOST, address)
        ssh_options_set(session, SSH_OPTIONS_PORT, &port)
        ssh_options_set(session, SSH_OPTIONS_USER, element.username)
        ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, "/dev/null")
        // Blocking, the library waits by rules of its own, in part for ever.
        ssh_set_blocking(session, 0)
        let result = try Self.settled(session, "no connection in time", of: element.name, until: deadline) { ssh_connect(session) }
        guard result == SSH_OK else {
            throw O1Error(.unreachable, element: element.name, detail: "no connection: \(Self.reason(of: session))")
        }
    }

    private func check(_ expected: ManagedElement.HostKey) throws(O1Error) {
        var key: ssh_key?
        guard ssh_get_server_publickey(self.session, &key) == SSH_OK, let key else { throw self.error(.hostKey, "it shows no host key") }
        defer { ssh_key_free(key) }
        var hash: UnsafeMutablePointer<UInt8>?
        var length = 0
        guard ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == 0 else { throw self.error(.hostKey, "its host key cannot be read") }
        defer { ssh_clean_pubkey_hash(&hash) }
        guard let text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length) else { throw self.error(.hostKey, "its host key cannot be read") }
        defer { ssh_string_free_char(text) }
        let shown = String(cString: text)
        switch expected {
        case .any: return
        case .fingerprint(let fingerprint):
            guard fingerprint == shown else { throw self.error(.hostKey, "it shows the host key \(shown), and not the configured \(fingerprint)") }
        }
    }

    private func authenticate(_ element: ManagedElement) throws(O1Error) {
        let result: Int32
        switch element.credential {
        case .passwordFile(let path):
            guard let password = Self.secret(path) else { throw self.error(.denied, "\(path) cannot be read") }
            let direct = try self.settled("no login in time") { ssh_userauth_password(self.session, nil, password) }
            let asks = direct == SSH_AUTH_DENIED.rawValue && ssh_userauth_list(self.session, nil) & Int32(SSH_AUTH_METHOD_INTERACTIVE) != 0
            result = asks ? try self.answer(with: password) : direct
        case .keyFile(let path):
            var key: ssh_key?
            // Without a passphrase the library asks for one at the terminal, and the session would wait for somebody to type.
            guard ssh_pki_import_privkey_file(path, "", nil, nil, &key) == SSH_OK, let key else {
                throw self.error(.denied, "\(path) holds no key that can be used")
            }
            defer { ssh_key_free(key) }
            result = try self.settled("no login in time") { ssh_userauth_publickey(self.session, nil, key) }
        }
        guard result == SSH_AUTH_SUCCESS.rawValue else {
            // It may also want something besides, which we do not have.
            let isRefused = result == SSH_AUTH_DENIED.rawValue || result == SSH_AUTH_PARTIAL.rawValue
            throw self.error(isRefused ? .denied : .unreachable, "it does not let \(element.username) in")
        }
    }

    /// Servers that take no password as it is may ask for it (RFC 4256); what is asked for otherwise is no password.
    private func answer(with password: String) throws(O1Error) -> Int32 {
        for _ in 0..<Self.questions {
            let result = try self.settled("no login in time") { ssh_userauth_kbdint(self.session, nil, nil) }
            guard result == SSH_AUTH_INFO.rawValue else { return result }
            for index in 0..<max(0, ssh_userauth_kbdint_getnprompts(self.session)) {
                var isShown: CChar = 0
                _ = ssh_userauth_kbdint_getprompt(self.session, UInt32(index), &isShown)
                guard ssh_userauth_kbdint_setanswer(self.session, UInt32(index), isShown == 0 ? password : "") == 0 else { return SSH_AUTH_ERROR.rawValue }
            }
        }
        return SSH_AUTH_DENIED.rawValue
    }

    private static let questions = 8

    private func open() throws(O1Error) {
        self.channel = ssh_channel_new(self.session)
        guard let channel = self.channel, try self.settled("no channel in time", { ssh_channel_open_session(channel) }) == SSH_OK else {
            throw self.error(.unreachable, "no channel: \(self.reason)")
        }
        guard try self.settled("no subsystem in time", { ssh_channel_request_subsystem(channel, "netconf") }) == SSH_OK else {
            throw self.error(.nonconforming, "it has no subsystem netconf")
        }
    }

    // MARK: Parts

    /// Milliseconds.
    private static func remaining(until deadline: ContinuousClock.Instant) -> Int {
        max(0, Int(ContinuousClock.now.duration(to: deadline) / .milliseconds(1)))
    }

    private func settled(_ late: String, _ step: () -> Int32) throws(O1Error) -> Int32 {
        try Self.settled(self.session, late, of: self.element, until: self.deadline, step)
    }

    /// Calls `step` until it says something else than to come again; a login has a number of its own for that.
    private static func settled(
        _ session: ssh_session, _ late: String, of element: String, until deadline: ContinuousClock.Instant, _ step: () -> Int32
    ) throws(O1Error) -> Int32 {
        while true {
            let result = step()
            guard result == SSH_AGAIN || result == SSH_AUTH_AGAIN.rawValue else { return result }
            try Self.wait(session, late, of: element, until: deadline)
        }
    }

    private func wait(_ late: String) throws(O1Error) { try Self.wait(self.session, late, of: self.element, until: self.deadline) }

    /// Until there is something to read, or room to write, or a moment has passed.
    private static func wait(_ session: ssh_session, _ late: String, of element: String, until deadline: ContinuousClock.Instant) throws(O1Error) {
        let left = Self.remaining(until: deadline)
        guard left > 0 else { throw O1Error(.unreachable, element: element, detail: late) }
        let isWriting = ssh_get_poll_flags(session) & SSH_WRITE_PENDING != 0
        var descriptor = pollfd(fd: ssh_get_fd(session), events: Int16(POLLIN) | (isWriting ? Int16(POLLOUT) : 0), revents: 0)
        poll(&descriptor, 1, Int32(min(left, 20)))
    }

    private var reason: String { Self.reason(of: self.session) }

    private static func reason(of session: ssh_session) -> String { String(cString: ssh_get_error(UnsafeMutableRawPointer(session))) }

    private func error(_ kind: O1Error.Kind, _ detail: String) -> O1Error { O1Error(kind, element: self.element, detail: detail) }

    private static func secret(_ path: String) -> String? {
        guard let text = FileManager.default.contents(atPath: path).map({ String(decoding: $0, as: UTF8.self) }) else { return nil }
        let secret = text.hasSuffix("\n") ? String(text.dropLast()) : text
        KnownSecrets.shared.add(secret)
        return secret
    }
}
