import Testing

@testable import Telemetry

@Suite struct KnownSecretsTests {
    @Test("what is held is hidden wherever it stands, with the one before, and what is not stays as it is")
    func hidden() {
        let secrets = KnownSecrets()
        #expect(secrets.hidden(in: "sk-first-0123 is no key yet") == "sk-first-0123 is no key yet")
        secrets.add("sk-first-0123\n  sk-second-4567\n")
        secrets.add("Bearer carried-8901")
        secrets.add("sk-first-0123-and-more")
        for (text, expected) in [
            ("sk-first-0123", "[redacted]"), ("Incorrect API key provided: sk-second-4567.", "Incorrect API key provided: [redacted]."),
            ("xsk-first-0123sk-second-4567y", "x[redacted][redacted]y"), ("token carried-8901", "token [redacted]"),
            ("sk-first-0123-and-more", "[redacted]"), ("sk-first-0123-and-m", "[redacted]-and-m"), ("sk-first-012", "sk-first-012"), ("", ""),
            ("é sk-second-4567 ü", "é [redacted] ü"), ("sk-secon", "sk-secon"),
        ] { #expect(secrets.hidden(in: text) == expected) }
    }

    @Test("a word that is too short to be a secret hides nothing")
    func short() {
        let secrets = KnownSecrets()
        for word in ["", "\n", "secret", "seven77"] { secrets.add(word) }
        #expect(secrets.hidden(in: "a secret of seven77 letters") == "a secret of seven77 letters")
    }

    @Test("as many are known as fit, the newest of them, and each is found among them all")
    func many() {
        let secrets = KnownSecrets()
        for number in 0..<(KnownSecrets.most + 10) { secrets.add("secret-number-\(number)-of-many") }
        #expect(secrets.hidden(in: "secret-number-9-of-many") == "secret-number-9-of-many")
        for number in [10, 11, 999, KnownSecrets.most + 9] {
            #expect(secrets.hidden(in: "<secret-number-\(number)-of-many>") == "<[redacted]>")
        }
    }

    @Test("the log hides them in whatever member")
    func log() {
        KnownSecrets.shared.add("known-to-the-log-55aa")
        var line = LogLine()
        line.add("message", "it said known-to-the-log-55aa and http://u:p@h")
        #expect(String(decoding: line.finish(), as: UTF8.self) == "{\"message\":\"it said [redacted] and http://[redacted]@h\"}\n")
    }
}
