import Testing

@testable import ORANAdaptor

@Suite struct RICTests {
    @Test(
        "A1_URL names RICs",
        arguments: [
            ("", []), ("http://ric:8085", ["ric1=http://ric:8085"]), ("http://a , http://b/", ["ric1=http://a", "ric2=http://b"]),
            ("east=https://e:8443/A1-P/v2/,west=http://w/root", ["east=https://e:8443", "west=http://w/root"]),
        ] as [(String, [String])])
    func parses(_ setting: String, _ expected: [String]) throws {
        #expect(try RIC.list(fromSetting: setting).map { "\($0.name)=\($0.url)" } == expected)
    }

    @Test(
        "the end of a URL says which variant a RIC is of",
        arguments: [("http://a", nil), ("http://a/A1-P/v2", A1Root.Variant.standard), ("http://a:1/a1-p/", .osc)] as [(String, A1Root.Variant?)])
    func variants(_ setting: String, _ variant: A1Root.Variant?) throws { #expect(try RIC.list(fromSetting: setting).map(\.variant) == [variant]) }

    @Test(
        "a bad A1_URL is refused with what is expected",
        arguments: ["ftp://x", "East=http://x", "a=http://x,a=http://y", "http://", "http:///x", "http://x?q=1", "-a=http://x"])
    func refuses(_ setting: String) {
        #expect(throws: RIC.InvalidSetting.self) { try RIC.list(fromSetting: setting) }
    }
}
