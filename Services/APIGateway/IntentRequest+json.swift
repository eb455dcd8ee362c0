import Crypto
import IntentModel
import Ledger

extension IntentRequest {
    /// As `JSONEncoder` would write it, at a tenth of the cost: every acceptance writes one.
    var json: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(220 + self.intent.utf8.count)
        out += #"{"approval":""#.utf8
        out += self.approval.rawValue.utf8
        out += #"","intent":"#.utf8
        out.appendJSON(self.intent)
        out += #","priority":""#.utf8
        out += self.priority.rawValue.utf8
        out += #"","requestedBy":"#.utf8
        out.appendJSON(self.requestedBy)
        out += #","tenant":"#.utf8
        out.appendJSON(self.tenant)
        for (name, value) in [("namespace", self.namespace), ("cluster", self.cluster), ("callbackUrl", self.callbackUrl), ("supersedes", self.supersedes)] {
            guard let value else { continue }
            out += ",\"\(name)\":".utf8
            out.appendJSON(value)
        }
        if let labels = self.labels {
            out += #","labels":{"#.utf8
            for (index, label) in labels.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                out.appendJSON(label.key)
                out.append(UInt8(ascii: ":"))
                out.appendJSON(label.value)
            }
            out.append(UInt8(ascii: "}"))
        }
        out.append(UInt8(ascii: "}"))
        return out
    }

    /// SHA-256 of what is asked for, whoever asks: two bodies that differ in white space, the order of members or how a default is said mean the
    /// same, and have the same.
    var digest: String {
        var request = self
        request.requestedBy = ""
        return Array(SHA256.hash(data: request.json)).hexadecimal
    }
}
