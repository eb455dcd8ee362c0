import GitObjects
import IntentModel

/// Writes the kpt package of a new instance: Kptfile, context, and the Kubernetes objects, one a file. The same
/// identity, state and context give the same bytes; nothing in them depends on the intent or the time.
package struct PackageRenderer: Sendable {
    private let catalogue: Catalogue

    package init(catalogue: Catalogue) { self.catalogue = catalogue }

    /// The files in the order of their paths. Throws nothing: whatever could not be rendered has been asked about before.
    /// `database` is how the function reaches its core's; nil for as the catalogue would have it.
    func files(
        _ identity: PackageIdentity, entry: FunctionEntry, state: WorkloadState, context: Context, form: ClusterEntry.Form = .kubernetes,
        database: StoreAddress? = nil
    ) -> [PackageFile] {
        if form == .nephio, let provider = entry.nephio {
            let dependencies = entry.dependencies.compactMap { self.catalogue.entry($0) }.filter { $0.nephio != nil }
            return NephioObjects(identity: identity, entry: entry, nephio: provider, dependencies: dependencies, context: context).files(state)
        }
        let values = TemplateValues(
            identity: identity, context: context, parameters: state.parameters,
            database: database ?? self.catalogue.usualDatabase(of: identity, for: entry))
        let objects = PackageObjects(identity: identity, entry: entry, values: values)
        let configuration = objects.configMap(state)
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
