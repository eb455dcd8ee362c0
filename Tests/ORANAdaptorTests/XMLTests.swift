import Testing

@testable import ORANAdaptor

@Suite struct XMLTests {
    @Test("elements, namespaces, attributes, text and references are read")
    func reads() throws {
        let document = """
            <?xml version="1.0" encoding="UTF-8"?><!-- hello -->
            <nc:rpc-reply xmlns:nc="urn:n" message-id='7'>
              <data xmlns="urn:d"><a x="1 &lt; 2">&#x41;&amp;<![CDATA[<b>]]></a><nc:ok/></data>
            </nc:rpc-reply>
            """
        let root = try XMLReader.read(Array(document.utf8))
        #expect(root.name == "rpc-reply" && root.namespace == "urn:n" && root.attributes == ["message-id": "7"])
        let data = try #require(root.child("data"))
        #expect(data.namespace == "urn:d")
        #expect(data.child("a") == XMLElement("a", namespace: "urn:d", attributes: ["x": "1 < 2"], text: "A&<b>"))
        #expect(data.child("ok")?.namespace == "urn:n")
        #expect(data.children("a").count == 1 && root.children("a").isEmpty)
    }

    @Test("what is written is read back, and never holds the end mark of NETCONF 1.0")
    func writes() throws {
        let element = XMLElement(
            "a", namespace: "urn:1", attributes: ["k": "\"<&>\u{1}"], text: "]]>]]> \u{e4}",
            children: [XMLElement("b", namespace: "urn:2", text: "x"), XMLElement("c", namespace: "urn:1")])
        #expect(!element.xml.contains("]]>]]>"))
        let read = try XMLReader.read(Array(element.xml.utf8))
        #expect(read.text == element.text && read.children == element.children && read.attributes["k"] == "\"<&>")
    }

    @Test(
        "what is malformed, or asks for more than it may, is an error",
        arguments: [
            "", "<a>", "<a></b>", "<a", "<a b=c/>", "<a b='1' b='2'/>", "<a/><b/>", "<a>&nope;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<p:a/>", "<a b='<'/>",
            "text",
            "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "<a><!ENTITY x 'y'></a>", "<a><![CDATA[</a>", "<a><!-- </a>", "<1a/>",
            String(repeating: "<a>", count: 100_000), "<a>" + String(repeating: "<b/>", count: 200_001) + "</a>",
            "<a " + (0..<65).map { "x\($0)='1'" }.joined(separator: " ") + "/>",
        ])
    func malformed(_ text: String) { #expect(throws: XMLReader.Malformed.self) { try XMLReader.read(Array(text.utf8)) } }

    @Test("text that is no UTF-8 is an error")
    func encoding() { #expect(throws: XMLReader.Malformed.self) { try XMLReader.read(Array("<a>".utf8) + [0xff] + Array("</a>".utf8)) } }

    @Test("a share of radio resources is read as it was written, and checked as TS 28.541 has it")
    func ratio() throws {
        var policy = RRMPolicyRatio(
            id: "s1", resourceType: "PRB", members: [.init(mcc: "310", mnc: "410", sst: 1, sd: "000001")], minRatio: 30, maxRatio: nil, dedicatedRatio: nil)
        try policy.validate()
        let back = try #require(RRMPolicyRatio(try XMLReader.read(Array(policy.edit(of: nil).xml.utf8))))
        #expect(back == policy)
        var other = back
        other.maxRatio = 90
        #expect(policy.isMet(by: other) && !other.isMet(by: policy))
        policy.maxRatio = 20
        #expect(throws: RRMPolicyRatio.Invalid.self) { try policy.validate() }
        policy.maxRatio = 101
        #expect(throws: RRMPolicyRatio.Invalid.self) { try policy.validate() }
    }
}
