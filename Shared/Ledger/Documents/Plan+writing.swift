package import IntentModel
import JSONSchema

/// Documents that every intent has, written by hand: byte for byte what the encoder makes of them, at a tenth of its cost (`QuickDocumentTests`).
extension LedgerJSON {
    package static func encode(_ plan: Plan) throws -> [UInt8] {
        // What few plans have is left to the encoder.
        guard plan.answer == nil, plan.policies.isEmpty, plan.window == nil else { return try self.encoded(plan) }
        var out: [UInt8] = []
        out.reserveCapacity(4_096)
        out.append(ascii: "{\"approvalReasons\":")
        out.append(json: plan.approvalReasons)
        out.append(ascii: ",\"notes\":")
        out.append(json: plan.notes)
        out.append(ascii: ",\"packages\":")
        out.append(json: plan.packages) { $1.append($0) }
        out.append(ascii: ",\"policies\":[]}")
        return out
    }

    package static func encode(_ packages: [PublishedPackage]) throws -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(64 + 320 * packages.count)
        out.append(json: packages) { package, out in
            out.append(ascii: "{\"change\":")
            out.append(json: package.change.rawValue)
            out.append(ascii: ",\"commit\":")
            out.append(json: package.commit)
            out.append(ascii: ",\"instance\":")
            out.append(json: package.instance)
            out.append(ascii: ",\"path\":")
            out.append(json: package.path)
            out.append(ascii: ",\"repository\":")
            out.append(json: package.repository)
            out.append(ascii: ",\"revision\":")
            out.append(json: package.revision)
            out.append(UInt8(ascii: "}"))
        }
        return out
    }

    package static func encode(_ verification: Verification) throws -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(512)
        out.append(ascii: "{\"at\":")
        out.append(json: verification.at)
        out.append(ascii: ",\"checks\":")
        out.append(json: verification.checks)
        out.append(ascii: ",\"state\":")
        out.append(json: verification.state.rawValue)
        out.append(UInt8(ascii: "}"))
        return out
    }
}

extension [UInt8] {
    fileprivate mutating func append(json texts: [String]) { self.append(json: texts) { $1.append(json: $0) } }

    fileprivate mutating func append<Item>(json list: [Item], _ write: (Item, inout [UInt8]) -> Void) {
        self.append(UInt8(ascii: "["))
        for (index, element) in list.enumerated() {
            if index > 0 { self.append(UInt8(ascii: ",")) }
            write(element, &self)
        }
        self.append(UInt8(ascii: "]"))
    }

    private mutating func append(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        self.append(ascii: name)
        self.append(json: text)
    }

    private mutating func append(_ name: StaticString, _ number: Int?) {
        guard let number else { return }
        self.append(ascii: name)
        self.append(json: number)
    }

    fileprivate mutating func append(_ change: PackageChange) {
        self.append(UInt8(ascii: "{"))
        if let base = change.base {
            self.append("\"base\":", base)
            self.append(UInt8(ascii: ","))
        }
        self.append("\"change\":", change.change.rawValue)
        self.append(",\"cluster\":", change.cluster)
        self.append(ascii: ",\"expectations\":")
        self.append(json: change.expectations)
        self.append(ascii: ",\"figures\":")
        self.append(json: change.figures) { figure, out in
            out.append("{\"name\":", figure.name)
            out.append(",\"reason\":", figure.reason)
            out.append(",\"source\":", figure.source.rawValue)
            out.append(",\"step\":", figure.step)
            out.append(",\"value\":", figure.value)
            out.append(UInt8(ascii: "}"))
        }
        self.append(",\"function\":", change.function)
        self.append(",\"instance\":", change.instance)
        self.append(",\"namespace\":", change.namespace)
        self.append(",\"path\":", change.path)
        if let resources = change.resources {
            self.append(ascii: ",\"resources\":")
            self.append(resources)
        }
        self.append(",\"result\":", change.result)
        self.append(UInt8(ascii: "}"))
    }

    private mutating func append(_ resources: ResourcePlan) {
        self.append(ascii: "{\"cpu\":")
        self.append(json: resources.cpu)
        self.append(ascii: ",\"cpuLimit\":")
        self.append(json: resources.cpuLimit)
        self.append(ascii: ",\"dependsOn\":")
        self.append(json: resources.dependsOn)
        self.append(ascii: ",\"interfaces\":")
        self.append(json: resources.interfaces) { interface, out in
            out.append("{\"attachment\":", interface.attachment)
            out.append(",\"name\":", interface.name)
            out.append(",\"network\":", interface.network)
            out.append(UInt8(ascii: "}"))
        }
        self.append(",\"maxReplicas\":", resources.maxReplicas)
        self.append(",\"maxUnavailable\":", resources.maxUnavailable)
        self.append(",\"memory\":", resources.memory)
        self.append(",\"memoryLimit\":", resources.memoryLimit)
        self.append(",\"minReplicas\":", resources.minReplicas)
        self.append(ascii: ",\"monthlyCost\":")
        self.append(json: resources.monthlyCost)
        self.append(ascii: ",\"placement\":{")
        let placement = resources.placement
        if let device = placement.device {
            self.append("\"device\":", device)
            self.append(UInt8(ascii: ","))
        }
        self.append(ascii: placement.hasWholeCores ? "\"hasWholeCores\":true" : "\"hasWholeCores\":false")
        self.append(",\"hugepages\":", placement.hugepages)
        self.append(ascii: placement.isSpread ? ",\"isSpread\":true" : ",\"isSpread\":false")
        self.append(",\"region\":", placement.region)
        self.append(",\"zone\":", placement.zone)
        self.append(UInt8(ascii: "}"))
        self.append(",\"replicas\":", resources.replicas)
        self.append(",\"storage\":", resources.storage)
        self.append(UInt8(ascii: "}"))
    }
}
