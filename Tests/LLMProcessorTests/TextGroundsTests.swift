@testable import IntentLanguage
import IntentModel
import Testing

@testable import LLMProcessor

@Suite struct TextGroundsTests {
    private func grounds(_ text: String) throws -> TextGrounds { TextGrounds(text, vocabulary: try #require(ShippedVocabulary.interpreter).vocabulary) }

    @Test(
        "a number is found in whatever unit it was written, and only for what has that unit",
        arguments: [
            ("at most 8 GB of memory", 8_192, "memory", true), ("1.5 cores", 1.5, "cpu", true), ("1500m CPU", 1.5, "cpu", true),
            ("serve 10k users", 10_000, "maxUsers", true), ("two gigabit per second", 2_000, "throughput", true),
            ("within 30 minutes", 1_800, "duration", true),
            ("2 to 4 GiB", 2_048, "memory", true), ("storage of 2 TB", 2_048, "storage", true), ("five replicas", 5, "replicas", true),
            ("a dozen replicas", 12, "replicas", true), ("latency below 5 ms", 5, "latency", true), ("latency below 5 ms", 5_000, "latency", false),
            ("5 replicas", 500, "replicas", false), ("5 replicas", 300, "replicas", false), ("5 replicas", 6, "replicas", false),
            ("2 cores", 2, "replicas", false),
            ("5G core", 5, "replicas", false), ("amf-7", 7, "replicas", false), ("8 GB of memory", 8, "memory", false), ("1 GiB", 1_024, "storage", false),
        ] as [(String, Double, String, Bool)])
    func numbers(_ text: String, _ number: Double, _ attribute: String, _ isHeld: Bool) throws {
        #expect(try self.grounds(text).hold(.number(number), of: attribute) == isHeld)
    }

    @Test("a factor stands on the word or the percentage that says it")
    func factors() throws {
        #expect(try self.grounds("double the AMF").hold(.number(2), of: "replicas", .multiplyBy))
        #expect(try self.grounds("grow by 50 %").hold(.number(1.5), of: "replicas", .multiplyBy))
        #expect(try !self.grounds("grow by 50 %").hold(.number(2), of: "replicas", .multiplyBy))
    }

    @Test("words are found whole, whatever their case and separators")
    func words() throws {
        let grounds = try self.grounds("Deploy the O-CU-CP in name space 'Core5G'.")
        #expect(grounds.hold("o cu cp") && grounds.hold("core5g"))
        #expect(!grounds.hold("core") && !grounds.hold("") && !grounds.hold(nil as String?))
    }

    @Test("a function is found by any of its names, and inside the name of an instance")
    func functions() throws {
        #expect(try self.grounds("Scale the access and mobility management function").hold(type: "AMF"))
        #expect(try self.grounds("Restart upf-east-2").hold(type: "UPF"))
        #expect(try !self.grounds("Scale the access and mobility management function").hold(type: "SMF"))
    }

    @Test("a verb stands on a word that can mean it")
    func verbs() throws {
        #expect(try self.grounds("Tear down the AMF").hold(.remove))
        #expect(try !self.grounds("Scale the AMF to 5").hold(.remove))
    }

    @Test("ordinary words are a place only where the text speaks of one")
    func places() throws {
        #expect(try self.grounds("Deploy AMF in core").hold(place: "core"))
        #expect(try self.grounds("Deploy AMF for lab-7").hold(place: "lab-7"))
        #expect(try !self.grounds("Deploy a monitoring stack").hold(place: "monitoring"))
        #expect(try self.grounds("Deploy AMF in prod").hold(environment: "production"))
        #expect(try !self.grounds("Deploy AMF in core5g").hold(environment: "production"))
    }

    @Test("every word and number that the embedded interpreter reads stands on the text", arguments: InterpreterFixture.rows("ordinary"))
    func embedded(_ row: InterpreterFixture) throws {
        let reading = try #require(ShippedVocabulary.interpret(row.text))
        let grounds = try self.grounds(row.text)
        for expectation in reading.expectations {
            if let type = expectation.object.type, type != "Custom" {
                let isHeld = grounds.hold(type: type)
                #expect(isHeld, "\(type)")
            }
            if let name = expectation.object.name { #expect(grounds.hold(name: name), "\(name)") }
            for target in expectation.targets {
                #expect(grounds.hold(target.value, of: target.attribute, target.condition), "\(target.attribute) \(target.value)")
                // And another number does not.
                if case .number(let number) = target.value {
                    #expect(!grounds.hold(.number(number * 7 + 1_234.5), of: target.attribute, target.condition), "\(target.attribute)")
                }
            }
        }
    }
}
