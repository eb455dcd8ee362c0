import IntentModel

/// The Nephio form of one instance: an NFDeployment for the function's operator, and the requirements that Nephio's specialisers fill in
/// for the cluster — Capacity, Interface, DataNetwork, Dependency, WorkloadCluster.
struct NephioObjects {
    let identity: PackageIdentity
    let entry: FunctionEntry
    let nephio: FunctionEntry.Operator
    /// The functions it depends on that have operators, too.
    let dependencies: [FunctionEntry]
    let context: Context

    /// Release of the functions that Nephio publishes.
    private static let release = "v4.0.0"

    private let objects: PackageObjects

    init(identity: PackageIdentity, entry: FunctionEntry, nephio: FunctionEntry.Operator, dependencies: [FunctionEntry], context: Context) {
        self.identity = identity
        self.entry = entry
        self.nephio = nephio
        self.dependencies = dependencies
        self.context = context
        self.objects = PackageObjects(identity: identity, entry: entry)
    }

    func files(_ state: WorkloadState) -> [PackageFile] {
        var files: [(path: String, node: YAMLNode)] = [
            ("Kptfile", self.kptfile()),
            ("package-context.yaml", self.objects.packageContext()),
            ("packagevariant.yaml", self.objects.packageVariant()),
            ("workload-cluster.yaml", self.workloadCluster()),
            ("capacity.yaml", self.capacity(state.parameters)),
        ]
        if self.identity.namespace != "default" { files.append(("namespace.yaml", self.objects.namespace())) }
        var parameters = state.parameters
        parameters.write(state, over: WorkloadState(self.entry))
        files.append(("nfdeployment.yaml", self.deployment(hasConfiguration: !parameters.isEmpty)))
        if !parameters.isEmpty { files.append(("nfconfig.yaml", self.configuration(parameters))) }
        for interface in self.entry.interfaces { files.append(("interface-\(interface.name).yaml", self.interface(interface))) }
        if self.entry.interfaces.contains(where: { $0.name == "n6" || $0.name == "n4" }) { files.append(("datanetwork.yaml", self.dataNetwork())) }
        for other in self.dependencies { files.append(("dependency-\(other.name).yaml", self.dependency(on: other))) }
        files.sort { $0.path < $1.path }
        return files.map { PackageFile(path: $0.path, content: YAMLEmitter.text($0.node)) }
    }

    // MARK: The package

    private func kptfile() -> YAMLNode {
        // Twice, as Nephio's own blueprints do: the requirements become claims, and what the claims got becomes the deployment.
        let functions = ["nfdeploy-fn", "interface-fn", "dnn-fn", "nad-fn", "dnn-fn", "interface-fn", "nfdeploy-fn"]
        let namespace: YAMLNode = [
            "image": .text("\(PackageObjects.functions)/set-namespace:v0.4.1"), "configMap": ["namespace": .text(self.identity.namespace)],
        ]
        return self.objects.kptfile(mutators: [namespace] + functions.map { ["image": .text("docker.io/nephio/\($0):\(Self.release)")] }, validators: [])
    }

    private func workloadCluster() -> YAMLNode {
        [
            "apiVersion": "infra.nephio.org/v1alpha1",
            "kind": "WorkloadCluster",
            "metadata": [
                "name": "workload-cluster",
                "annotations": .mapping(PackageObjects.notForCluster + [YAMLEntry("kpt.dev/config-injection", "required")]),
            ],
            "spec": ["clusterName": .text(self.identity.cluster)],
        ]
    }

    // MARK: What the operator gets

    private func deployment(hasConfiguration: Bool) -> YAMLNode {
        let configuration: YAMLNode = ["apiVersion": "workload.nephio.org/v1alpha1", "kind": "NFConfig", "name": .text(self.objects.configMapName)]
        return [
            "apiVersion": "workload.nephio.org/v1alpha1",
            "kind": "NFDeployment",
            "metadata": ["name": .text(self.identity.instance), "namespace": .text(self.identity.namespace), "labels": self.objects.labels],
            "spec": .compact(["provider": .text(self.nephio.provider), "parametersRefs": hasConfiguration ? [configuration] : nil]),
        ]
    }

    func configuration(_ parameters: Parameters) -> YAMLNode {
        [
            "apiVersion": "workload.nephio.org/v1alpha1",
            "kind": "NFConfig",
            "metadata": ["name": .text(self.objects.configMapName), "namespace": .text(self.identity.namespace), "labels": self.objects.labels],
            "spec": ["configRefs": [self.objects.configMap(data: .mapping([YAMLEntry(Parameters.file, .text(parameters.text))]))]],
        ]
    }

    // MARK: Requirements

    private func requirement(_ kind: String, name: String, _ spec: YAMLNode) -> YAMLNode {
        [
            "apiVersion": "req.nephio.org/v1alpha1",
            "kind": .text(kind),
            "metadata": [
                "name": .text(name),
                "namespace": .text(self.identity.namespace),
                "annotations": .mapping(
                    PackageObjects.notForCluster + [
                        YAMLEntry("specializer.nephio.org/owner", .text("workload.nephio.org/v1alpha1.NFDeployment.\(self.identity.instance)")),
                        YAMLEntry("specializer.nephio.org/namespace", .text(self.identity.namespace)),
                    ]),
            ],
            "spec": spec,
        ]
    }

    /// The load that was said, else what one replica of the catalogue carries.
    func capacity(_ parameters: Parameters) -> YAMLNode {
        func objective(_ name: String) -> Double? {
            guard case .plain(let text)? = parameters.value("objectives", name)?["value"] else { return nil }
            return Double(text)
        }
        var spec: [YAMLEntry] = []
        let users = objective("maxUsers") ?? self.entry.capacity.maxUsers
        if let downlink = objective("throughputDownlink") ?? objective("throughput") ?? self.entry.capacity.throughput {
            spec.append(YAMLEntry("maxDownlinkThroughput", .text("\(Int(downlink.rounded(.up)))M")))
            spec.append(YAMLEntry("maxUplinkThroughput", .text("\(Int((objective("throughputUplink") ?? downlink).rounded(.up)))M")))
        }
        // Sessions and subscribers are counted in thousands.
        if let users {
            let isSession = self.entry.interfaces.contains { $0.name == "n4" }
            spec.append(YAMLEntry(isSession ? "maxSessions" : "maxSubscribers", .integer(Int((users / 1000).rounded(.up)))))
        }
        if spec.isEmpty { spec.append(YAMLEntry("maxNFConnections", .integer(self.entry.peers?.count ?? 1))) }
        return self.requirement("Capacity", name: self.nephio.capacity, .mapping(spec))
    }

    private func interface(_ interface: FunctionEntry.Interface) -> YAMLNode {
        var spec: [YAMLEntry] = [YAMLEntry("networkInstance", ["name": .text(interface.network)])]
        if interface.attachment != .none {
            spec.append(YAMLEntry("cniType", .text(interface.attachment.rawValue)))
            spec.append(YAMLEntry("attachmentType", "vlan"))
        }
        return self.requirement("Interface", name: interface.name, .mapping(spec))
    }

    private func dataNetwork() -> YAMLNode {
        let name = self.context.dnn ?? "internet"
        return self.requirement(
            "DataNetwork", name: name, ["networkInstance": ["name": "vpc-internet"], "pools": [["name": "pool1", "prefixLength": 16]]])
    }

    private func dependency(on other: FunctionEntry) -> YAMLNode {
        self.requirement(
            "Dependency", name: other.name,
            [
                "packageName": .text(other.name),
                "injectors": [["apiVersion": "workload.nephio.org/v1alpha1", "kind": "NFDeployment"]],
            ])
    }
}
