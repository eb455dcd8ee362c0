import Testing

@testable import HTTPFetch

@Suite struct FetchURLTests {
    @Test(
        "the origin is written out",
        arguments: [
            ("http://h", "http://h:80"), ("https://H.example/p?q=1#f", "https://h.example:443"), ("HTTP://127.0.0.1:8080?x", "http://127.0.0.1:8080"),
            ("http://[::1]:9/", "http://[::1]:9"), ("https://[2001:DB8::1]", "https://[2001:db8::1]:443"), ("http://a_b.svc:65535/%20", "http://a_b.svc:65535"),
        ])
    func origin(url: String, origin: String) throws { #expect(try FetchURL(url).origin == origin) }

    @Test(
        "anything doubtful is refused",
        arguments: [
            "", "h", "//h", "ftp://h/", "file:///etc/passwd", "http:/h", "http://", "http:///p", "http://:80", "http://h:", "http://h:0", "http://h:65536",
            "http://h:1x",
            "http://h:+1", "http://u:p@h/", "http://h/a b", "http://h/\r\nX: 1", "http://h\\@e/", "http://h/é", "http://[::1", "http://[h]/", "http://[::1]x/",
            "http://h%41/",
            " http://h/", "http://h/{id}", "http://" + String(repeating: "h", count: 9000),
        ])
    func refused(url: String) { #expect(throws: FetchError.self) { try FetchURL(url) } }
}
