import HTTPFetch
import ServiceRuntime
import Testing

@testable import APIGateway

@Suite struct CallbackPolicyTests {
    @Test(
        "what is public is told from what is not",
        arguments: [
            ("8.8.8.8", true), ("1.1.1.1", true), ("172.32.0.1", true), ("100.128.0.1", true), ("2606:4700::1111", true),
            ("127.0.0.1", false), ("127.255.255.254", false), ("0.0.0.0", false), ("10.0.0.1", false), ("172.16.0.1", false), ("172.31.255.255", false),
            ("192.168.1.1", false), ("169.254.169.254", false), ("100.64.0.1", false), ("224.0.0.1", false), ("255.255.255.255", false),
            ("192.0.2.1", false), ("::1", false), ("::", false), ("fe80::1", false), ("fc00::1", false), ("fd00:ec2::254", false), ("ff02::1", false),
            ("::ffff:127.0.0.1", false), ("::ffff:8.8.8.8", true), ("64:ff9b::7f00:1", false), ("2001::1", false), ("2002:7f00:1::", false),
            ("2001:db8::1", false),
        ])
    func publicAddresses(_ text: String, _ expected: Bool) throws { #expect(try #require(IPAddress(text)).isPublic == expected) }

    @Test(
        "an address is in a range or not",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("192.168.4.0/22", "192.168.7.255", true),
            ("192.168.4.0/22", "192.168.8.0", false), ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false), ("0.0.0.0/0", "1.2.3.4", true),
            ("0.0.0.0/0", "::1", false), ("fd00::/8", "fd12::1", true), ("fd00::/8", "fe00::1", false),
        ])
    func ranges(_ range: String, _ address: String, _ expected: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(try #require(IPAddress(address))) == expected)
    }

    @Test("what is no range is none", arguments: ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0", "::/129", "x/8", "10.0.0.0/08"])
    func noRange(_ text: String) { #expect(AddressRange(text) == nil) }

    @Test(
        "an address to be called at is judged by the operator's list",
        arguments: [
            (["public"], "https://example.net/hook?key=1", true), (["public"], "http://127.0.0.1/", false), (["public"], "http://localhost:8080/", false),
            (["public"], "http://a.localhost/", false), (["public"], "http://[::1]/", false), (["public"], "http://[::ffff:10.0.0.1]/", false),
            (["public"], "http://169.254.169.254/latest/meta-data", false), (["public"], "http://8.8.8.8/", true),
            (["public", "127.0.0.0/8"], "http://127.0.0.1:9/", true), (["10.0.0.0/8"], "http://8.8.8.8/", false), (["10.0.0.0/8"], "http://10.1.2.3/", true),
            (["localhost"], "http://localhost/", true), ([".example.net"], "http://a.b.example.net/", true), (["hook.example.net"], "http://10.0.0.1/", false),
            (["public"], "ftp://example.net/", false), (["public"], "http://user:secret@example.net/", false), (["public"], "example.net", false),
            (["public"], "http://example.net/\u{e9}", false), (["public"], "https://example.net/" + String(repeating: "x", count: 2_100), false),
        ])
    func faults(_ entries: [String], _ url: String, _ isTaken: Bool) throws {
        let fault = try CallbackPolicy(entries).fault(url)
        #expect((fault == nil) == isTaken, "\(fault ?? "taken")")
        // What is said of an address does not repeat what may be a secret in it.
        #expect(fault?.contains("secret") != true)
    }

    @Test("a list that cannot be meant stops the gateway at its start", arguments: ["10.0.0.1/8", "http://x/", "a b", "127.1", "0x7f.1", "*", "."])
    func badList(_ entry: String) { #expect(throws: InvalidSetting.self) { try CallbackPolicy(["public", entry]) } }
}
