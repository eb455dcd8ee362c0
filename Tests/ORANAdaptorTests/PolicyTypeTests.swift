import JSONSchema
import Testing

@testable import ORANAdaptor

@Suite struct PolicyTypeTests {
    @Test("the shipped policy types compile and every assertion in them is checked")
    func compile() throws {
        let catalogue = try PolicyTypeCatalogue()
        #expect(
            catalogue.types.keys.sorted() == [
                "ORAN_QoETarget_2.0.0", "ORAN_QoEandTSP_2.0.0", "ORAN_QoSTarget_2.0.0", "ORAN_QoSandTSP_2.0.0", "ORAN_SliceSLATarget_1.0.0",
                "ORAN_TrafficSteeringPreference_2.0.0",
            ])
        for type in catalogue.types.values { #expect(try #require(type.policySchema).unsupported.isEmpty) }
    }

    private static let slice = #""sliceId":{"sst":2,"sd":"000001","plmnId":{"mcc":"310","mnc":"410"}}"#

    @Test(
        "policy documents are judged as A1TD has it",
        arguments: [
            ("ORAN_SliceSLATarget_1.0.0", #"{"scope":{\#(slice)},"sliceSlaObjectives":{"guaDlThptPerSlice":50000}}"#, true),
            ("ORAN_SliceSLATarget_1.0.0", #"{"scope":{\#(slice)},"sliceSlaObjectives":{}}"#, false),
            ("ORAN_SliceSLATarget_1.0.0", #"{"scope":{"sliceId":{"sst":2}},"sliceSlaObjectives":{"maxNumberOfUes":3}}"#, false),
            ("ORAN_SliceSLATarget_1.0.0", #"{"scope":{\#(slice)},"sliceSlaObjectives":{"maxNumberOfUes":3},"more":1}"#, false),
            ("ORAN_QoSTarget_2.0.0", #"{"scope":{\#(slice),"qosId":{"5qI":82}},"qosObjectives":{"pdb":10}}"#, true),
            ("ORAN_QoSTarget_2.0.0", #"{"scope":{"qosId":{"5qI":82}},"qosObjectives":{"priorityLevel":1}}"#, true),
            ("ORAN_QoSTarget_2.0.0", #"{"scope":{\#(slice)},"qosObjectives":{"pdb":10}}"#, false),
            ("ORAN_QoSTarget_2.0.0", #"{"scope":{"ueId":"ue1","qosId":{"5qI":82}},"qosObjectives":{"pdb":10}}"#, false),
            ("ORAN_QoSTarget_2.0.0", #"{"scope":{"qosId":{"5qI":82,"qcI":1}},"qosObjectives":{"pdb":10}}"#, false),
            ("ORAN_QoETarget_2.0.0", #"{"scope":{\#(slice)},"qoeObjectives":{"qoeScore":4.2}}"#, true),
            ("ORAN_QoETarget_2.0.0", #"{"scope":{\#(slice)},"qoeObjectives":{"qoeScore":6}}"#, false),
            ("ORAN_QoETarget_2.0.0", #"{"scope":{},"qoeObjectives":{"stallRatio":0.01}}"#, false),
            (
                "ORAN_QoSandTSP_2.0.0",
                #"{"scope":{"qosId":{"5qI":9}},"qosObjectives":{"pdb":10},"tspResources":[{"cellIdList":[{"plmnId":{"mcc":"310","mnc":"410"},"cId":{"ncI":5}}],"preference":"PREFER"}]}"#,
                true
            ), ("ORAN_QoSandTSP_2.0.0", #"{"scope":{"qosId":{"5qI":9}},"qosObjectives":{"pdb":10}}"#, false),
            (
                "ORAN_QoEandTSP_2.0.0",
                #"{"scope":{\#(slice)},"qoeObjectives":{"reBuffFreq":0.1},"tspResources":[{"cellIdList":[{"plmnId":{"mcc":"310","mnc":"410"},"cId":{"ncI":5}}],"preference":"SHALL"}]}"#,
                true
            ),
            (
                "ORAN_TrafficSteeringPreference_2.0.0",
                #"{"scope":{\#(slice)},"tspResources":[{"cellIdList":[{"plmnId":{"mcc":"310","mnc":"410"},"cId":{"ncI":5}}],"preference":"AVOID"}]}"#, true
            ),
            ("ORAN_TrafficSteeringPreference_2.0.0", #"{"scope":{\#(slice)},"tspResources":[]}"#, false),
            (
                "ORAN_TrafficSteeringPreference_2.0.0",
                #"{"scope":{"qosId":{"5qI":9}},"tspResources":[{"cellIdList":[{"plmnId":{"mcc":"310","mnc":"410"},"cId":{"ncI":5}}],"preference":"AVOID"}]}"#,
                false
            ),
        ] as [(String, String, Bool)])
    func documents(_ type: String, _ document: String, _ valid: Bool) throws {
        let schema = try #require(try PolicyTypeCatalogue().types[type]?.policySchema)
        let violations = schema.violations(in: try JSONValue(parsing: document))
        #expect(violations.isEmpty == valid, "\(violations)")
    }

    @Test(
        "statuses of the standard, of simulators and encoded twice are understood",
        arguments: [
            (#"{"enforceStatus":"ENFORCED"}"#, PolicyStatus(enforcement: .enforced), true),
            (
                #"{"enforceStatus":"NOT_ENFORCED","enforceReason":"SCOPE_NOT_APPLICABLE"}"#,
                PolicyStatus(enforcement: .notEnforced, reason: "SCOPE_NOT_APPLICABLE"), true
            ),
            (#"{"enforceStatus":"NOT_ENFORCED","enforceReason":"OTHER_REASON"}"#, PolicyStatus(enforcement: .notEnforced, reason: "OTHER_REASON"), false),
            (#"{"enforceStatus":"","enforceReason":""}"#, .undefined, false),
            (#""{\"enforceStatus\":\"ENFORCED\"}""#, PolicyStatus(enforcement: .enforced), true),
            (#"{"instance_status":"IN EFFECT"}"#, PolicyStatus(enforcement: .enforced), true), ("[]", .undefined, false),
        ] as [(String, PolicyStatus, Bool)])
    func statuses(_ text: String, _ status: PolicyStatus, _ settled: Bool) throws {
        let read = PolicyStatus(try JSONValue(parsing: text))
        #expect(read == status)
        #expect(read.isSettled == settled)
    }
}
