import HTTPFetch
import Resilience
import TestSupport

@testable import ORANAdaptor

/// A managed element: a NETCONF server behind OpenSSH's own, and what is known of it to reach it.
struct ElementSide {
    let device: FakeNETCONF
    let server: SSHServer

    static func with(configuration: String = "", _ body: (ElementSide) async throws -> Void) async throws {
        let device = try FakeNETCONF(configuration: configuration)
        let server = try await offPool { try SSHServer(subsystemPort: device.port) }
        defer {
            server.stop()
            device.stop()
        }
        try await body(ElementSide(device: device, server: server))
    }

    /// - Parameters:
    ///   - port: of another one, instead of the server's.
    ///   - hostKey: that is expected; the server's own unless it is given.
    ///   - allowed: entries of `OUTBOUND_ALLOWED_HOSTS`.
    func client(
        _ name: String = "du-3", address: String = "127.0.0.1", allowed: [String] = [], port: Int? = nil, hostKey: ManagedElement.HostKey? = nil,
        keyFile: String? = nil, timeout: Duration = .seconds(5), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) throws -> ElementClient {
        let policy = OutboundPolicy(try AddressList(allowed))
        var guards = Upstream.Configuration()
        guards.timeout = timeout
        guards.concurrency = 1
        return ElementClient(
            ManagedElement(
                name: name, address: address, port: port ?? self.server.port, username: self.server.user,
                credential: .keyFile(keyFile ?? self.server.clientKey), hostKey: hostKey ?? .fingerprint(self.server.fingerprint)),
            upstream: Upstream("o1/\(name)", guards), outbound: { policy }, now: now)
    }

    func configuration(_ clients: ElementClient...) throws -> ElementConfiguration { ElementConfiguration(clients, classes: try ManagedClassCatalogue()) }
}
