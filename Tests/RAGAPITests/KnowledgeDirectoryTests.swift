import Testing

@testable import RAGAPI

@Suite struct KnowledgeDirectoryTests {
    @Test("the built-in knowledge has a title, headings and 150 to 400 words in each of its documents")
    func documents() async throws {
        let documents = try await KnowledgeDirectory.builtIn.documents()
        #expect(documents.count >= 25)
        for document in documents {
            let words = document.text.split(whereSeparator: \.isWhitespace).count
            #expect((150...400).contains(words), "\(document.id) has \(words) words")
            #expect(document.title != document.id, "\(document.id) has no title")
            #expect(document.text.contains("\n## "), "\(document.id) has no headings")
            #expect(document.metadata["topic"] != nil, "\(document.id) has no topic")
        }
    }

    @Test("loading the built-in knowledge again changes nothing")
    func idempotent() async throws {
        try await withStore { store, _ in
            let documents = try await KnowledgeDirectory.builtIn.documents()
            let first = try await store.synchronise(source: "builtin", with: documents)
            let version = store.version
            let second = try await store.synchronise(source: "builtin", with: documents)
            #expect(first.unchanged == 0)
            #expect(second.unchanged == documents.count)
            #expect(second.chunks == first.chunks)
            #expect(store.version == version)
        }
    }

    static let questions: [(question: String, document: String)] = [
        ("Which function terminates N2 and handles registration of devices?", "amf"),
        ("Deploy a high-availability AMF with auto-scaling in core5g", "amf"),
        ("Who allocates the IP address of a PDU session?", "smf"),
        ("How do I scale the user plane without dropping sessions?", "upf"),
        ("guaranteed bit rate policy and charging rules for a subscriber", "pcf"),
        ("Where is subscription data stored?", "udm-udr"),
        ("How does 5G-AKA authentication of a device work?", "ausf"),
        ("a network function does not receive traffic after registration and discovery", "nrf"),
        ("Which slices is a device allowed to use, and who selects them?", "nssf"),
        ("expose events to third-party applications through an API", "nef"),
        ("predict the load of a slice with analytics", "nwdaf"),
        ("What is split between CU and DU, and what is the fronthaul?", "ran-split"),
        ("deploy the kpimon xApp", "near-rt-ric"),
        ("What is an rApp and what does the SMO do?", "non-rt-ric"),
        ("Why is my A1 policy NOT_ENFORCED?", "a1-interface"),
        ("netconf edit-config candidate lock denied", "o1-interface"),
        ("list resource pools and deployment managers of the O-Cloud", "o2-interface"),
        ("scale E2 nodes to 5 simulators", "e2-interface"),
        ("What is an S-NSSAI with SST and SD?", "network-slicing"),
        ("Deploy a URLLC slice for remote surgery", "slice-types"),
        ("one million sensors per square kilometre", "slice-types"),
        ("delay budget of 5QI 82", "qos-5qi"),
        ("autoscaling with minimum and maximum replicas at 70 % CPU", "autoscaling-hpa"),
        ("spread three replicas over zones for availability", "high-availability"),
        ("kubectl drain hangs because of a disruption budget", "pod-disruption-budget"),
        ("PackageVariant specialisation in Nephio", "nephio"),
        ("draft proposed published package revision", "kpt-porch"),
        ("config sync drift and reconciliation from git", "gitops"),
        ("voice calls over 5G with SIP", "ims"),
        ("which port does GTP-U use on N3", "core-interfaces"),
        ("roaming partner certificates at the border", "roaming-sepp"),
        ("switch off cells at night to save energy", "energy-saving"),
        ("handover ping-pong, A3 offset and time-to-trigger", "traffic-steering"),
        ("pods stay Pending after I scaled to 5 replicas", "troubleshooting-scaling"),
        ("reduce latency below 10 ms in a slice, where does the time go", "troubleshooting-latency"),
        ("two intents that conflict with each other", "intent-driven-management"),
        ("mutual TLS between network functions and pod security", "security-hardening"),
        ("migrate the SMF to another cluster", "upgrade-migration"),
    ]

    @Test("each question finds its document among the first three passages")
    func golden() async throws {
        let knowledge = KnowledgeDirectory.builtIn
        try await withStore(stopWords: try await knowledge.stopWords()) { store, _ in
            _ = try await store.synchronise(source: "builtin", with: try await knowledge.documents())
            for (question, document) in Self.questions {
                let found = try await store.search(question, limit: 3).map(\.chunkId)
                #expect(found.contains { $0.hasPrefix(document + "#") }, "\(question) finds \(found)")
            }
        }
    }

    @Test("metadata before the text is read, lists included")
    func header() throws {
        let document = try KnowledgeDirectory.document(id: "x", file: "---\ntopic: core, ran\nrelease: 17\n---\n# Title\n\nText.\n")
        #expect(document.metadata == ["topic": .list([.text("core"), .text("ran")]), "release": .text("17")])
        #expect(document.title == "Title")
        #expect(document.text == "# Title\n\nText.\n")
        #expect(try KnowledgeDirectory.document(id: "x", file: "Plain --- text").text == "Plain --- text")
    }
}
