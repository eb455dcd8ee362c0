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
