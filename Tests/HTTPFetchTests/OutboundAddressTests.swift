import Testing

@testable import HTTPFetch

@Suite struct OutboundAddressTests {
    private static let reserved = [
        "169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::169.254.169.254", "fd00:ec2::254",
        "100.100.100.200", "168.63.129.16", "0.0.0.0", "::", "255.255.255.255", "239.0.0.1", "ff02::1",
    ]
    private static let others = ["10.0.0.5", "127.0.0.1", "::1", "2001:db8::1", "64:ff9b::a00:5", "192.0.2.1", "fd00::1"]

    private static func admits(_ host: String, _ address: String, _ entries: [String] = []) throws -> Bool {
        let policy = entries.isEmpty ? nil : OutboundPolicy(try AddressList(entries))
        return OutboundPolicy.admission(of: host, under: policy)?(try #require(IPAddress(address))) ?? true
    }

    @Test("a name never leads to where clouds keep credentials, nor to nobody or everybody; a private network is the operator's to name")
    func names() throws {
        for address in Self.reserved {
            #expect(try !Self.admits("model.example.net", address), "\(address)")
            // Not even one that is listed.
            #expect(try !Self.admits("model.example.net", address, ["model.example.net"]), "\(address)")
            #expect(try !Self.admits("model.example.net", address, ["public"]), "\(address)")
        }
        for address in Self.others {
            #expect(try Self.admits("model.example.net", address), "\(address)")
            #expect(try Self.admits("model.example.net", address, [".example.net"]), "\(address)")
        }
    }

    @Test("an address that is written is meant, unless there is a list that it is not in")
    func written() throws {
        #expect(OutboundPolicy.admission(of: "169.254.169.254", under: nil) == nil && OutboundPolicy.admission(of: "fe80::1", under: nil) == nil)
        #expect(try Self.admits("169.254.169.254", "169.254.169.254", ["169.254.169.254"]))
        #expect(try !Self.admits("169.254.169.254", "169.254.169.254", ["10.0.0.0/8"]))
        #expect(try Self.admits("10.1.2.3", "10.1.2.3", ["10.0.0.0/8"]) && !Self.admits("11.1.2.3", "11.1.2.3", ["10.0.0.0/8"]))
    }

    @Test("with a list, what is not listed may lead to listed addresses alone")
    func listed() throws {
        let list = ["model.example.net", ".ran.example", "10.0.0.0/8", "public"]
        #expect(try Self.admits("other.example.com", "10.2.0.1", list) && Self.admits("other.example.com", "8.8.8.8", list))
        #expect(try !Self.admits("other.example.com", "192.168.0.1", list) && !Self.admits("other.example.com", "127.0.0.1", list))
        #expect(try Self.admits("model.example.net", "192.168.0.1", list) && Self.admits("ric.ran.example", "192.168.0.1", list))
        #expect(try !Self.admits("ran.example", "192.168.0.1", list) && !Self.admits("xran.example", "192.168.0.1", list))
    }

    @Test("a list that cannot be meant is none", arguments: ["http://x", "10.0.0.1/8", "a b", "127.1", "0x7f.1", "*", "."])
    func wrong(_ entry: String) { #expect(throws: AddressList.Invalid(entry: entry)) { try AddressList(["public", entry]) } }

    @Test("every request is asked about, whoever makes it, unless it brings an answer of its own")
    func everyRequest() throws {
        let address = try #require(IPAddress("169.254.169.254"))
        #expect(try FetchTemplate(url: "https://model.example.net/v1").admits?(address) == false)
        #expect(try FetchTemplate(url: "https://169.254.169.254/v1").admits == nil)
        #expect(try FetchTemplate(url: "https://model.example.net/v1", admits: { _ in true }).admits?(address) == true)
    }

    @Test("who connects by other means is told the addresses that may be, and refused those that may not")
    func lookedUp() throws {
        #expect(try OutboundPolicy.addresses(of: "127.0.0.1") == nil)
        #expect(try OutboundPolicy.addresses(of: "no-such-name.invalid") == nil)
        let found = try #require(try OutboundPolicy.addresses(of: "localhost"))
        #expect(!found.isEmpty && found.allSatisfy { ["127.0.0.1", "::1"].contains($0.description) })
    }
}
