import GitObjects

/// The Kubernetes objects of one instance.
struct PackageObjects {
    let identity: PackageIdentity
    let entry: FunctionEntry

    static let managedBy = "nephoran"
    static let hashAnnotation = "nephoran.com/config-hash"
    static let networksAnnotation = "k8s.v1.cni.cncf.io/networks"
    static let restartAnnotation = "kubectl.kubernetes.io/restartedAt"
    static let loadAnnotation = "nephoran.com/sized-by-load"
    static let localConfig: YAMLNode = ["config.kubernetes.io/local-config": "true"]
    /// Of an object that is for kpt and Porch and not for the cluster. kpt, Config Sync and Flux go by the first, Argo CD by the second.
    static let notForCluster = [YAMLEntry("config.kubernetes.io/local-config", "true"), YAMLEntry("argocd.argoproj.io/hook", "Skip")]

    var name: String { self.identity.instance }
    var configMapName: String { "\(self.identity.instance)-config" }

    /// The labels a selector may use: they never change.
    let selector: YAMLNode
    let labels: YAMLNode
    /// What the places of its templates stand for; needed where something is rendered anew.
    let values: TemplateValues

    init(identity: PackageIdentity, entry: FunctionEntry, values: TemplateValues? = nil) {
        self.identity = identity
        self.entry = entry
        self.values = values ?? TemplateValues(identity: identity, context: .init(), database: nil)
        let own: [YAMLEntry] = [
            YAMLEntry("app.kubernetes.io/name", .text(entry.name)), YAMLEntry("app.kubernetes.io/instance", .text(identity.instance)),
        ]
        self.selector = .mapping(own)
        self.labels = .mapping(
            own + [
                YAMLEntry("app.kubernetes.io/component", .text(entry.kind.lowercased())),
                YAMLEntry("app.kubernetes.io/part-of", .text(identity.partOf ?? "nephoran")),
                YAMLEntry("app.kubernetes.io/managed-by", .text(Self.managedBy)),
                YAMLEntry("nephoran.com/function", .text(entry.code)),
            ])
    }

    private func metadata(_ name: String, annotations: YAMLNode? = nil) -> YAMLNode {
        .compact(["name": .text(name), "namespace": .text(self.identity.namespace), "labels": self.labels, "annotations": annotations])
    }

    private func object(_ apiVersion: String, _ kind: String, name: String, _ members: KeyValuePairs<String, YAMLNode?>) -> YAMLNode {
        var entries = [YAMLEntry("apiVersion", .text(apiVersion)), YAMLEntry("kind", .text(kind)), YAMLEntry("metadata", self.metadata(name))]
        for member in members { if let value = member.value { entries.append(YAMLEntry(member.key, value)) } }
        return .mapping(entries)
    }

    // MARK: The package itself

    /// kpt, Porch and Nephio approve a package once the condition of its gate is true; that of a rendered package is.
    static let renderedCondition = "nephoran.com/Rendered"

    func kptfile() -> YAMLNode {
        self.kptfile(
            mutators: [["image": .text("\(Self.functions)/set-namespace:v0.4.1"), "configMap": ["namespace": .text(self.identity.namespace)]]],
            validators: [["image": .text("\(Self.functions)/kubeconform:v0.1.3"), "configMap": ["ignore_missing_schemas": "true"]]])
    }

    /// Registry of the functions that kpt's own catalogue publishes.
    static let functions = "ghcr.io/kptdev/krm-functions-catalog"

    func kptfile(mutators: [YAMLNode], validators: [YAMLNode]) -> YAMLNode {
        [
            "apiVersion": "kpt.dev/v1",
            "kind": "Kptfile",
            "metadata": ["name": .text(self.name), "labels": self.labels, "annotations": Self.localConfig],
            "info": [
                "description": .text(self.entry.description),
                "keywords": ["nephoran", .text(self.entry.code)],
                "readinessGates": [["conditionType": .text(Self.renderedCondition)]],
            ],
            "pipeline": .compact(["mutators": .sequence(mutators), "validators": validators.isEmpty ? nil : .sequence(validators)]),
            "status": [
                "conditions": [
                    [
                        "type": .text(Self.renderedCondition), "status": "True", "reason": "Rendered",
                        "message": "complete as planned",
                    ]
                ]
            ],
        ]
    }

    func packageContext() -> YAMLNode {
        [
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": ["name": "kptfile.kpt.dev", "annotations": .mapping(Self.notForCluster)],
            "data": [
                "name": .text(self.name), "namespace": .text(self.identity.namespace), "cluster": .text(self.identity.cluster),
                "function": .text(self.entry.code),
            ],
        ]
    }

    /// Every package of a namespace brings the same Namespace, so the annotations tell kpt and Config Sync, Flux and
    /// Argo CD to leave it when one of the packages goes.
    func namespace() -> YAMLNode {
        [
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": [
                "name": .text(self.identity.namespace),
                "labels": [
                    "app.kubernetes.io/managed-by": .text(Self.managedBy), "pod-security.kubernetes.io/audit": "restricted",
                    "pod-security.kubernetes.io/warn": "restricted",
                ],
                "annotations": [
                    "argocd.argoproj.io/sync-options": "Prune=false",
                    "client.lifecycle.config.k8s.io/deletion": "detach",
                    "kustomize.toolkit.fluxcd.io/prune": "disabled",
                ],
            ],
        ]
    }

    // MARK: Configuration

    /// Nil when the function reads no configuration and nothing was said that needs one.
    func configMap(_ state: WorkloadState) -> YAMLNode? {
        var data: [YAMLEntry] = []
        let values = self.values
        if let configuration = self.entry.configuration {
            data.append(YAMLEntry(configuration.file, .text(configuration.content.filled(values.callAsFunction))))
            for other in configuration.besides { data.append(YAMLEntry(other.file, .text(other.content.filled(values.callAsFunction)))) }
        }
        if let members = state.members { data.append(YAMLEntry(Self.membersFile, .text(String(members)))) }
        if !state.parameters.isEmpty { data.append(YAMLEntry(Parameters.file, .text(state.parameters.text))) }
        return data.isEmpty ? nil : self.configMap(data: .mapping(data))
    }

    /// How many members a store of several replicas has. It follows the replicas, read by who runs, and rolls nothing.
    static let membersFile = "members"

    func configMap(data: YAMLNode) -> YAMLNode { self.object("v1", "ConfigMap", name: self.configMapName, ["data": data]) }

    /// Names the content of a ConfigMap, so that another content rolls the pods.
    static func configurationHash(_ configMap: YAMLNode) -> String {
        String(GitBlob.id(of: Array(YAMLEmitter.text(configMap["data"] ?? .mapping([])).utf8)).prefix(16))
    }

    func serviceAccount() -> YAMLNode { self.object("v1", "ServiceAccount", name: self.name, ["automountServiceAccountToken": false]) }

    // MARK: Availability

    func autoscaler(_ autoscaling: WorkloadState.Autoscaling) -> YAMLNode {
        self.object(
            "autoscaling/v2", "HorizontalPodAutoscaler", name: self.name,
            [
                "spec": [
                    "scaleTargetRef": ["apiVersion": "apps/v1", "kind": .text(self.entry.workload.rawValue), "name": .text(self.name)],
                    "minReplicas": .integer(autoscaling.minimum),
                    "maxReplicas": .integer(autoscaling.maximum),
                    "metrics": Self.metrics(autoscaling),
                    // Sessions are slow to move: scale down only after five quiet minutes, and gently.
                    "behavior": [
                        "scaleDown": ["stabilizationWindowSeconds": 300, "policies": [["type": "Percent", "value": 50, "periodSeconds": 60]]]
                    ],
                ]
            ])
    }

    static func metrics(_ autoscaling: WorkloadState.Autoscaling) -> YAMLNode {
        .sequence(
            [("cpu", autoscaling.cpu), ("memory", autoscaling.memory)].compactMap { name, utilization in
                utilization.map {
                    ["type": "Resource", "resource": ["name": .text(name), "target": ["type": "Utilization", "averageUtilization": .integer($0)]]]
                }
            })
    }

    func disruptionBudget() -> YAMLNode {
        self.object("policy/v1", "PodDisruptionBudget", name: self.name, ["spec": ["maxUnavailable": 1, "selector": ["matchLabels": self.selector]]])
    }

    /// What Prometheus' operator scrapes; nil when no port speaks HTTP over TCP.
    func serviceMonitor() -> YAMLNode? {
        guard let port = self.metricsPort else { return nil }
        return self.object(
            "monitoring.coreos.com/v1", "ServiceMonitor", name: self.name,
            ["spec": ["selector": ["matchLabels": self.selector], "endpoints": [["port": .text(port.name), "path": "/metrics", "interval": "30s"]]]])
    }

    var metricsPort: FunctionEntry.Port? {
        self.entry.ports.first { $0.name == "metrics" } ?? self.entry.ports.first { $0.transport == .tcp && $0.name == "http" }
    }

    // MARK: Nephio

    /// For the management cluster: the package is the blueprint, its cluster's repository gets the specialised clone. The workload
    /// cluster leaves it alone (local-config).
    func packageVariant() -> YAMLNode {
        [
            "apiVersion": "config.porch.kpt.dev/v1alpha1",
            "kind": "PackageVariant",
            "metadata": [
                "name": .text("\(self.identity.cluster)-\(self.name)"),
                "labels": self.labels,
                "annotations": .mapping([YAMLEntry("approval.nephio.org/policy", "initial")] + Self.notForCluster),
            ],
            "spec": [
                "upstream": ["repo": "nephoran", "package": .text(self.identity.path), "workspaceName": "main"],
                "downstream": ["repo": .text(self.identity.cluster), "package": .text(self.name)],
                "adoptionPolicy": "adoptExisting",
                "deletionPolicy": "delete",
                "packageContext": ["data": ["namespace": .text(self.identity.namespace)]],
            ],
        ]
    }

    // MARK: Network

    func service() -> YAMLNode {
        let ports = self.entry.ports.map { port -> YAMLNode in
            ["name": .text(port.name), "port": .integer(port.number), "targetPort": .text(port.name), "protocol": .text(port.transport.rawValue)]
        }
        return self.object(
            "v1", "Service", name: self.name,
            [
                "spec": .compact([
                    "type": "ClusterIP",
                    "clusterIP": self.entry.workload == .statefulSet ? "None" : nil,
                    // Members find each other by name before they serve.
                    "publishNotReadyAddresses": self.entry.replication == .joined ? true : nil,
                    "selector": self.selector,
                    "ports": .sequence(ports),
                ])
            ])
    }

    /// Lets in what the catalogue names as peers, and everybody on the ports that face the outside; lets out to the
    /// peers and to DNS.
    func networkPolicy() -> YAMLNode {
        func ports(_ ports: [FunctionEntry.Port]) -> YAMLNode {
            .sequence(ports.map { ["port": .integer($0.number), "protocol": .text($0.transport.rawValue)] })
        }
        let everywhere: YAMLNode = ["namespaceSelector": .mapping([])]
        let peers: YAMLNode
        if let codes = self.entry.peers, !codes.isEmpty {
            peers = [
                [
                    "namespaceSelector": .mapping([]),
                    "podSelector": ["matchExpressions": [["key": "nephoran.com/function", "operator": "In", "values": .sequence(codes.map { .text($0) })]]],
                ]
            ]
        } else {
            peers = [["podSelector": .mapping([])]]
        }
        var ingress: [YAMLNode] = []
        let external = self.entry.ports.filter(\.isExternal)
        let inner = self.entry.ports.filter { !$0.isExternal }
        if !inner.isEmpty { ingress.append(["from": peers, "ports": ports(inner)]) }
        if !external.isEmpty { ingress.append(["ports": ports(external)]) }
        if let metrics = self.entry.ports.first(where: { $0.name == "metrics" }) {
            ingress.append([
                "from": [["namespaceSelector": .mapping([]), "podSelector": ["matchLabels": ["nephoran.com/function": "Monitoring"]]]],
                "ports": ports([metrics]),
            ])
        }
        var egress: [YAMLNode]
        if self.entry.reachesOutside || self.entry.peers == nil {
            egress = [.mapping([])]
        } else {
            egress = [
                ["to": [everywhere], "ports": [["port": 53, "protocol": "UDP"], ["port": 53, "protocol": "TCP"]]],
                ["to": peers],
            ]
        }
        return self.object(
            "networking.k8s.io/v1", "NetworkPolicy", name: self.name,
            [
                "spec": [
                    "podSelector": ["matchLabels": self.selector],
                    "policyTypes": ["Ingress", "Egress"],
                    "ingress": .sequence(ingress),
                    "egress": .sequence(egress),
                ]
            ])
    }
}
