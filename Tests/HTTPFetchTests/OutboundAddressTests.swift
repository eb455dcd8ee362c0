import Testing

@testable import HTTPFetch

@Suite struct OutboundAddressTests {
    @Test(
        "a name never leads to where clouds keep credentials, whatever asks; a private network is the operator's to name",
        arguments: [
            ("169.254.169.254", false), ("fe80::1", false), ("::ffff:169.254.169.254", false), ("10.0.0.5", true), ("127.0.0.1", true), ("2001:db8::1", true),
        ])
    func names(_ address: String, _ isAdmitted: Bool) throws {
        let template = try FetchTemplate(url: "https://model.example.net/v1")
        #expect(template.admits?(try #require(IPAddress(address))) == isAdmitted)
    }

    @Test("an address that is written is meant")
    func written() throws {
        #expect(try FetchTemplate(url: "http://169.254.169.254/x").admits == nil)
        #expect(try FetchTemplate(url: "http://[fe80::1]/x").admits == nil)
    }
}
