import JSONSchema

/// Whether an object in the cluster is the one that was published, by what servers and controllers leave as it was: labels and annotations of the
/// template, containers with images, commands and resources; replicas where the package says them.
struct WorkloadMatch: Sendable {
    let desired: JSONValue
    let live: JSONValue

    /// What is different still; nil when nothing is.
    var difference: String? {
        let (template, its) = (self.desired["spec"]?["template"], self.live["spec"]?["template"])
        if let replicas = self.desired["spec"]?["replicas"], replicas != self.live["spec"]?["replicas"] {
            return "replicas are \(self.live["spec"]?["replicas"]?.text ?? "not set"), not \(replicas.text)"
        }
        for member in ["labels", "annotations"] {
            for (name, value) in (template?["metadata"]?[member]?.object ?? [:]).sorted(by: { $0.key < $1.key })
            where its?["metadata"]?[member]?[name] != value { return "\(name) is \(its?["metadata"]?[member]?[name]?.text ?? "not set"), not \(value.text)" }
        }
        for list in ["initContainers", "containers"] {
            for container in template?["spec"]?[list]?.array ?? [] {
                let name = container["name"]?.string ?? ""
                guard let its = its?["spec"]?[list]?.array?.first(where: { $0["name"] == container["name"] }) else { return "container \(name) is not there" }
                if let difference = Self.difference(container, its) { return "container \(name): \(difference)" }
            }
        }
        return nil
    }

    private static func difference(_ container: JSONValue, _ live: JSONValue) -> String? {
        for member in ["image", "command", "args"] {
            if let value = container[member], value != live[member] { return "\(member) is \(live[member]?.text ?? "not set"), not \(value.text)" }
        }
        for part in ["requests", "limits"] {
            for (name, value) in (container["resources"]?[part]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
                let its = live["resources"]?[part]?[name]
                guard Quantity(value) == nil || Quantity(value) != its.flatMap(Quantity.init) else { continue }
                return "\(part).\(name) is \(its?.text ?? "not set"), not \(value.text)"
            }
        }
        return nil
    }
}

/// A resource quantity, whose text the server may write in another way: `1000m` is `1`.
struct Quantity: Equatable {
    /// In thousandths of the unit.
    let milli: Double

    private static let factors: [String: Double] = [
        "n": 1e-6, "u": 1e-3, "m": 1, "": 1e3, "k": 1e6, "M": 1e9, "G": 1e12, "T": 1e15, "P": 1e18, "E": 1e21,
        "Ki": 1_024e3, "Mi": 1_048_576e3, "Gi": 1_073_741_824e3, "Ti": 1_099_511_627_776e3, "Pi": 1_125_899_906_842_624e3,
    ]

    init?(_ value: JSONValue) {
        switch value {
        case .number(let number): self.milli = number * 1e3
        case .string(let text):
            let digits = text.prefix { $0.isNumber || $0 == "." || $0 == "-" || $0 == "+" }
            guard let number = Double(digits) else { return nil }
            if let factor = Self.factors[String(text.dropFirst(digits.count))] {
                self.milli = number * factor
            } else if let number = Double(text) {
                self.milli = number * 1e3
            } else {
                return nil
            }
        default: return nil
        }
    }
}
