import Foundation
import Testing

@testable import PackagePlanning

@Suite struct CatalogueTests {
    @Test("the catalogue that ships loads and has every function the interpreter knows")
    func loads() {
        let codes = [
            "AMF", "SMF", "UPF", "PCF", "UDM", "UDR", "AUSF", "NRF", "NSSF", "NEF", "NWDAF", "CHF", "SCP", "SEPP", "BSF", "UDSF", "N3IWF", "AF", "IMS-CSCF",
            "O-CU", "O-CU-CP",
            "O-CU-UP", "O-DU", "O-RU", "gNB", "eNB", "NearRT-RIC", "NonRT-RIC", "SMO", "MME", "SGW", "PGW", "HSS", "xApp", "rApp", "E2NodeSet", "Monitoring",
            "Database", "Cache", "Custom",
        ]
        for code in codes {
            let entry = catalogue.functions[code]
            #expect(entry?.workload == .deployment || entry?.workload == .statefulSet, "\(code)")
            #expect(entry?.image.map { ImageReference.isPinnedTag($0.tag) } == true, "\(code)")
            #expect(entry?.name == code.lowercased(), "\(code)")
        }
        #expect(Set(catalogue.cores.keys) == ["5GC", "EPC", "IMS"])
        #expect(catalogue.slices["URLLC"]?.sst == 2)
    }

    @Test("the program finds its own catalogue")
    func bundled() throws { #expect(try Catalogue.bundled().functions.count == catalogue.functions.count) }

    @Test(
        "a fault names its file, its place and what is allowed",
        arguments: [
            ("protocol: TCP", "protocol: TPC", "bad.yaml: ports[0].protocol: 'TPC' is not one of TCP, UDP, SCTP"),
            ("max: 20", "max: many", "bad.yaml: replicas.max: a whole number is expected"),
            ("tag: v4.2.2", "tag: latest", "bad.yaml: image.tag: 'latest' does not pin a version"),
            ("workload: Deployment", "workload: Pod", "bad.yaml: workload: 'Pod' is not one of Deployment, StatefulSet, None"),
            ("cpu: 500m", "cpu: fast", "bad.yaml: resources.cpu: a CPU quantity is expected, such as 500m"),
            ("tcp: sbi", "tcp: n9", "bad.yaml: readiness.tcp: 'n9' is not one of sbi"),
            ("code: AMF", "colour: red", "bad.yaml: colour: unknown key"),
            ("port: 8000,", "port: 80000,", "bad.yaml: ports[0].port: 80000 is not within 1 and 65535"),
            ("{{tacHex}}", "{{mood}}", "bad.yaml: configuration.content: a {{…}} is not closed"),
            ("peers: [", "peers: [XYZ, ", "amf: peers: 'XYZ' is no function of the catalogue"),
        ])
    func faults(_ good: String, _ bad: String, _ message: String) throws {
        let shipped = Catalogue.bundledDirectory
        let directory = FileManager.default.temporaryDirectory.appending(path: "catalogue-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let text = try String(contentsOfFile: "\(shipped)/functions/amf.yaml", encoding: .utf8)
        #expect(text.contains(good))
        let start = try #require(text.range(of: good))
        try text.replacingCharacters(in: start, with: bad).write(toFile: "\(directory)/bad.yaml", atomically: true, encoding: .utf8)
        let error = #expect(throws: CatalogueError.self) { try Catalogue.load(directory: shipped, extensions: directory) }
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }

    @Test("quantities are read and written as Kubernetes does")
    func quantities() {
        #expect(Quantity.millicores("500m") == 500 && Quantity.millicores("2") == 2000 && Quantity.millicores("0.25") == 250 && Quantity.millicores("x") == nil)
        #expect(Quantity.mebibytes("512Mi") == 512 && Quantity.mebibytes("2Gi") == 2048 && Quantity.mebibytes("1G") == 954 && Quantity.mebibytes("Mi") == nil)
        #expect(Quantity.cores(500) == "500m" && Quantity.cores(4000) == "4" && Quantity.memory(2048) == "2Gi" && Quantity.memory(100) == "100Mi")
    }
}
