import GitObjects
package import IntentModel

/// Writes the kpt package of a new instance: Kptfile, context, and the Kubernetes objects, one a file. The same
/// identity, state and context give the same bytes; nothing in them depends on the intent or the time.
package struct PackageRenderer: Sendable {
    private let catalogue: Catalogue

    package init(catalogue: Catalogue) { self.catalogue = catalogue }

    /// The files in the order of their paths. Throws nothing: whatever could not be rendered has been asked about before.
    package func files(_ identity: PackageIdentity, entry: FunctionEntry, state: WorkloadState, context: Context, form: ClusterEntry.Form = .kubernetes)
        -> [PackageFile]
    {
        if form == .nephio, let provider = entry.nephio {
            let dependencies = entry.dependencies.compactMap { self.catalogue.entry($0) }.filter { $0.nephio != nil }
            return NephioObjects(identity: identity, entry: entry, nephio: provider, dependencies: dependencies, context: context).files(state)
        }
        let objects = PackageObjects(identity: identity, entry: entry)
        let configuration = objects.configMap(state, values: TemplateValues(identity: identity, context: context))
        var files: [(path: String, node: YAMLNode)] = [
            ("Kptfile", objects.kptfile()),
            ("package-context.yaml", objects.packageContext()),
        ]
        if form == .nephio { files.append(("packagevariant.yaml", objects.packageVariant())) }
        if identity.namespace != "default" { files.append(("namespace.yaml", objects.namespace())) }
        if let configuration { files.append(("configmap.yaml", configuration)) }
        if entry.workload != .none {
            let hash = configuration.map(PackageObjects.configurationHash)
            files.append(("serviceaccount.yaml", objects.serviceAccount()))
            files.append((entry.workload == .statefulSet ? "statefulset.yaml" : "deployment.yaml", objects.workload(state, configurationHash: hash)))
            if !entry.ports.isEmpty { files.append(("service.yaml", objects.service())) }
            files.append(("networkpolicy.yaml", objects.networkPolicy()))
            if let autoscaling = state.autoscaling { files.append(("hpa.yaml", objects.autoscaler(autoscaling))) }
            if state.replicas > 1 || state.autoscaling != nil { files.append(("pdb.yaml", objects.disruptionBudget())) }
            if state.isMonitored, let monitor = objects.serviceMonitor() { files.append(("servicemonitor.yaml", monitor)) }
        }
        files.sort { $0.path < $1.path }
        return files.map { PackageFile(path: $0.path, content: YAMLEmitter.text($0.node)) }
    }
}

/// What `{{…}}` stands for in an instance's configuration.
struct TemplateValues {
    let identity: PackageIdentity
    let context: Context

    /// The PLMN 208-93 and S-NSSAI 1-010203 are the open-source cores' test network.
    func callAsFunction(_ name: String) -> String {
        switch name {
        case "instance": self.identity.instance
        case "namespace": self.identity.namespace
        case "cluster": self.identity.cluster
        case "core": self.identity.core
        // The SMF of a slice or core has the UPF of the same.
        case "upf": self.identity.instance.hasSuffix("-smf") ? "\(self.identity.instance.dropLast(4))-upf" : "\(self.identity.core)upf"
        case "sst": String(self.context.slice?.sst ?? 1)
        // A slice without one: the value that says so (3GPP TS 23.003 §28.4.2).
        case "sd": self.context.slice.map { $0.sd ?? "ffffff" } ?? "010203"
        case "mcc": self.context.plmn.map { String($0.prefix { $0 != "-" }) } ?? "208"
        case "mnc": self.context.plmn.map { String($0.drop { $0 != "-" }.dropFirst()) } ?? "93"
        case "dnn": self.context.dnn ?? "internet"
        case "tac": self.context.tac ?? "1"
        default: ""
        }
    }
}
