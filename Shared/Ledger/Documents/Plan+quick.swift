package import IntentModel
package import JSONSchema

extension PlannedDelivery: QuickDocument {
    package static func read(_ cursor: inout JSONCursor) -> PlannedDelivery? {
        var packages: [PackageChange]?
        var policies: [Policy]?
        let isWhole = cursor.members { cursor, name in
            switch name {
            case "packages": cursor.read(&packages, PackageChange.readForDelivery)
            case "policies": cursor.read(&policies, Policy.read)
            default: cursor.skip()
            }
        }
        guard isWhole, let packages else { return nil }
        return PlannedDelivery(packages: packages, policies: policies ?? [])
    }
}

extension PackageChange {
    fileprivate static func readForDelivery(_ cursor: inout JSONCursor) -> PackageChange? {
        var (instance, path, function, cluster, namespace): (String?, String?, String?, String?, String?)
        var change: Change?
        var (base, result): (String?, String?)
        var figures: [Figure]?
        let isWhole = cursor.members { cursor, name in
            switch name {
            case "instance": cursor.read(&instance)
            case "path": cursor.read(&path)
            case "function": cursor.read(&function)
            case "cluster": cursor.read(&cluster)
            case "namespace": cursor.read(&namespace)
            case "change": cursor.read(&change)
            case "base": cursor.read(&base)
            case "result": cursor.read(&result)
            case "figures": cursor.read(&figures, Figure.read)
            default: cursor.skip()
            }
        }
        guard isWhole, let instance, let path, let function, let cluster, let namespace, let change else { return nil }
        return PackageChange(
            instance: instance, path: path, function: function, cluster: cluster, namespace: namespace, change: change, base: base, result: result,
            figures: figures ?? [])
    }
}

extension Figure {
    fileprivate static func read(_ cursor: inout JSONCursor) -> Figure? {
        var (name, value, reason, step): (String?, String?, String?, String?)
        var source: Source?
        let isWhole = cursor.members { cursor, member in
            switch member {
            case "name": cursor.read(&name)
            case "value": cursor.read(&value)
            case "source": cursor.read(&source)
            case "reason": cursor.read(&reason)
            case "step": cursor.read(&step)
            default: cursor.skip()
            }
        }
        guard isWhole, let name, let value, let source, let reason else { return nil }
        return Figure(name: name, value: value, source: source, reason: reason, step: step)
    }
}

extension PlannedDelivery.Policy {
    fileprivate static func read(_ cursor: inout JSONCursor) -> Self? {
        var policyId: String?
        var change: PolicyChange.Change?
        let isWhole = cursor.members { cursor, name in
            switch name {
            case "policyId": cursor.read(&policyId)
            case "change": cursor.read(&change)
            default: cursor.skip()
            }
        }
        guard isWhole, let policyId, let change else { return nil }
        return Self(policyId: policyId, change: change)
    }
}
