import HTTPFetch
import TestSupport
import Testing

@testable import ORANAdaptor

/// Where sessions of elements may go to: the policy of everything that calls out, asked about the address that is connected to.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ElementAddressTests {
    /// What becomes of a look at an element.
    private func kind(_ client: ElementClient, _ side: ElementSide) async throws -> O1Error.Kind? {
        let configuration = try side.configuration(client)
        do {
            _ = try await configuration.rrmPolicies(of: client)
            return nil
        } catch {
            return error.kind
        }
    }

    @Test("a name that leads to where clouds keep credentials is refused before anything is sent; so is an address that a list does not have")
    func reserved() async throws {
        try await ElementSide.with { side async throws in
            // Names to this policy, which the resolver reads as 169.254.169.254 and 0.0.0.0.
            for (address, allowed) in [("0xa9fea9fe", []), ("0XA9FEA9FE", ["public", "127.0.0.0/8"]), ("0x0", [])] as [(String, [String])] {
                #expect(try await self.kind(try side.client(address: address, allowed: allowed), side) == .refusedAddress, "\(address)")
            }
            for address in ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254"] {
                #expect(try await self.kind(try side.client(address: address, allowed: ["10.0.0.0/8", "public"]), side) == .refusedAddress, "\(address)")
            }
            let client = try side.client(address: "169.254.169.254", allowed: ["10.0.0.0/8"])
            _ = try await self.kind(client, side)
            #expect(client.report.state == .failed && client.report.lastError?.contains("OUTBOUND_ALLOWED_HOSTS") == true)
            #expect(side.device.sessions == 0)
        }
    }

    @Test("a private range that is listed is connected to, one that is not is refused; without a list it is the operator's to name, loopback as for every peer")
    func ranges() async throws {
        try await ElementSide.with { side async throws in
            for allowed in [[], ["127.0.0.0/8"], ["localhost", "127.0.0.1"]] {
                #expect(try await self.kind(try side.client(allowed: allowed), side) == nil, "\(allowed)")
            }
            for allowed in [["10.0.0.0/8"], ["public"], ["localhost"]] {
                #expect(try await self.kind(try side.client(allowed: allowed), side) == .refusedAddress, "\(allowed)")
            }
        }
    }

    @Test("of the addresses of a name those that may be are tried in turn, and the host's key is the entry's at each of them")
    func names() async throws {
        try await ElementSide.with { side async throws in
            for allowed in [[], ["127.0.0.0/8"], ["localhost"]] {
                #expect(try await self.kind(try side.client(address: "LocalHost", allowed: allowed), side) == nil, "\(allowed)")
            }
            let sessions = side.device.sessions
            let stranger = ManagedElement.HostKey.fingerprint("SHA256:" + String(repeating: "A", count: 43))
            #expect(try await self.kind(try side.client(address: "localhost", hostKey: stranger), side) == .hostKey)
            #expect(try await self.kind(try side.client(address: "localhost", allowed: ["10.0.0.0/8"]), side) == .refusedAddress)
            #expect(try await self.kind(try side.client(address: "no-such-name.invalid", timeout: .seconds(20)), side) == .unreachable)
            #expect(side.device.sessions == sessions)
        }
    }

    @Test("what is handed to SSH is an address: one that was checked, or that is written")
    func addresses() async throws {
        @Sendable func element(_ address: String) -> ManagedElement {
            ManagedElement(name: "du-3", address: address, port: 830, username: "x", credential: .passwordFile("/dev/null"), hostKey: .any)
        }
        try await offPool {
            #expect(try ElementAddress.all(of: element("192.0.2.7"), under: nil) == ["192.0.2.7"])
            #expect(try ElementAddress.all(of: element("2001:DB8::7"), under: nil) == ["2001:db8::7"])
            #expect(try ElementAddress.all(of: element("127.1"), under: nil) == ["127.0.0.1"])
            let list = OutboundPolicy(try AddressList(["127.0.0.0/8"]))
            #expect(try ElementAddress.all(of: element("localhost"), under: list) == ["127.0.0.1"])
        }
    }
}
