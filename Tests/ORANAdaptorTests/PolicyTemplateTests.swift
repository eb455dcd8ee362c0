import JSONSchema
import Testing

@testable import ORANAdaptor

@Suite struct PolicyTemplateTests {
    private static let template = PolicyTemplate(
        type: "20008", standard: "ORAN_SliceSLATarget_1.0.0",
        document: [
            "class": "sla", "slice": ["id": "${scope.sliceId}", "note": ["fixed", 1]],
            "downlink": ["guaranteed": "${sliceSlaObjectives.guaDlThptPerSlice * 1000}"],
            "most": "${ sliceSlaObjectives.maxDlThptPerSlice }",
        ])

    private static let scope: JSONValue = ["sliceId": ["sst": 2, "plmnId": ["mcc": "310", "mnc": "410"]]]

    @Test("a standard document becomes the RIC's own, in its unit, and is read back from it")
    func thereAndBack() throws {
        let standard: JSONValue = ["scope": Self.scope, "sliceSlaObjectives": ["guaDlThptPerSlice": 50_000]]
        let own = try Self.template.rendered(standard)
        #expect(
            own.text
                == #"{"class":"sla","downlink":{"guaranteed":50000000},"slice":{"id":{"plmnId":{"mcc":"310","mnc":"410"},"sst":2},"note":["fixed",1]}}"#)
        #expect(Self.template.read(own) == standard)
    }

    @Test("what has no place is an error that names it, and nothing is dropped")
    func unexpressed() {
        let standard: JSONValue = ["scope": Self.scope, "sliceSlaObjectives": ["maxNumberOfUes": 5, "guaUlThptPerSlice": 1]]
        #expect(throws: PolicyTemplate.Unexpressed(paths: ["sliceSlaObjectives.guaUlThptPerSlice", "sliceSlaObjectives.maxNumberOfUes"])) {
            try Self.template.rendered(standard)
        }
    }

    @Test("a document with other constants is not read as ours")
    func foreign() throws {
        var own = try Self.template.rendered(["scope": Self.scope, "sliceSlaObjectives": ["maxDlThptPerSlice": 9]])
        own["class"] = "other"
        #expect(Self.template.read(own) == JSONValue?.none)
    }

    @Test("a list is sent whole or not at all, and is read only when it has as many elements")
    func lists() throws {
        let template = PolicyTemplate(type: "7", standard: "s", document: ["pair": ["${a.least}", "${a.most}"], "name": "${n}"])
        let own = try template.rendered(["a": ["least": 1, "most": 2], "n": "x"])
        #expect(own.text == #"{"name":"x","pair":[1,2]}"#)
        #expect(template.read(own) == ["a": ["least": 1, "most": 2], "n": "x"])
        #expect(throws: PolicyTemplate.Unexpressed(paths: ["a.most"])) { try template.rendered(["a": ["most": 2], "n": "x"]) }
        #expect(try template.rendered(["n": "x"]).text == #"{"name":"x"}"#)
        #expect(template.read(["pair": [1, 2, 3], "name": "x"]) == JSONValue?.none)
    }

    @Test("a file of templates is read strictly")
    func file() throws {
        let good = """
            templates:
              - type: 20008
                standard: ORAN_QoSTarget_2.0.0
                rics: [west]
                document: {qos: "${scope.qosId}", delay: "${qosObjectives.pdb * 0.001}", version: "1"}
            """
        let templates = try PolicyTemplateFile.templates(in: good)
        #expect(templates.map(\.type) == ["20008"])
        #expect(templates[0].rics == ["west"])
        #expect(templates[0].document["version"] == "1")
        for bad in [
            "templates: 1", "other: []", "templates: [{type: a, standard: b}]", "templates: [{type: a, standard: b, document: {x: '${a * b}'}}]",
            "templates: [{type: a, standard: b, document: {}, more: 1}]", "templates: [{type: a, standard: b, document: {x: '${a..b}'}}]", "a: [",
        ] {
            #expect(throws: PolicyTemplateFile.Unreadable.self, "\(bad)") { try PolicyTemplateFile.templates(in: bad) }
        }
    }
}
