/// What the catalogue knows about one kind of function: how it is run and within which bounds.
package struct FunctionEntry: Sendable, Equatable {
    package enum Workload: String, Sendable, CaseIterable {
        case deployment = "Deployment"
        case statefulSet = "StatefulSet"
        /// Configuration only: a slice profile, a policy.
        case none = "None"
    }

    package struct Image: Sendable, Equatable {
        package var repository: String
        package var tag: String
        /// Where the implementation itself names this tag: a chart, a compose file, a container-tag file.
        package var source: String?
        package var reference: String { "\(self.repository):\(self.tag)" }
    }

    package struct Port: Sendable, Equatable {
        package enum Transport: String, Sendable, CaseIterable { case tcp = "TCP", udp = "UDP", sctp = "SCTP" }
        /// IANA service name, at most 15 characters.
        package var name: String
        package var number: Int
        package var transport: Transport
        /// Peers outside of the cluster reach it (gNBs on N2, data networks).
        package var isExternal: Bool
    }

    package struct Probe: Sendable, Equatable {
        package enum Check: Sendable, Equatable { case tcp(port: String), http(port: String, path: String), exec([String]) }
        package var check: Check
        package var initialDelaySeconds: Int
        package var periodSeconds: Int
        package var failureThreshold: Int
    }

    package struct Resources: Sendable, Equatable {
        /// Millicores.
        package var cpuRequest: Int
        package var cpuLimit: Int
        /// MiB.
        package var memoryRequest: Int
        package var memoryLimit: Int
        /// GiB of a volume of its own per replica; nil for none.
        package var storage: Int?
    }

    package struct Replicas: Sendable, Equatable {
        package var standard: Int
        package var highAvailability: Int
        package var range: ClosedRange<Int>
    }

    package struct Security: Sendable, Equatable {
        package var user: Int
        package var capabilities: [String]
        package var readOnlyRoot: Bool
        /// Why it cannot meet the Pod Security level `restricted`; nil when it does.
        package var exception: String?
    }

    package struct Configuration: Sendable, Equatable {
        package var file: String
        package var mountPath: String
        package var content: TextTemplate
        /// Further files of the same directory.
        package var besides: [Besides]

        package struct Besides: Sendable, Equatable {
            package var file: String
            package var content: TextTemplate
        }
    }

    /// What several replicas are to each other.
    package enum Replication: String, Sendable, CaseIterable {
        /// Each can do what any other does.
        case alike
        /// Members of one store, which they join by themselves. Their number is a decision, not a matter of load.
        case joined
        /// A store of its own: there is one.
        case single
    }

    /// A container beside the function's own, of the same image.
    package struct Companion: Sendable, Equatable {
        /// DNS label.
        package var name: String
        package var command: [String]
        package var environment: [Variable]
        package var resources: Resources
        package var readiness: Probe
        package var liveness: Probe

        package struct Variable: Sendable, Equatable {
            package var name: String
            package var value: TextTemplate
        }
    }

    /// What one replica of the catalogue's size carries.
    package struct Capacity: Sendable, Equatable {
        package var maxUsers: Double?
        /// Mbps.
        package var throughput: Double?
    }

    /// What one replica needs to carry a load; ascending.
    package struct SizingStep: Sendable, Equatable {
        /// In the unit of the attribute the curve is for.
        package var load: Double
        /// Millicores and MiB.
        package var cpu: Int
        package var memory: Int
    }

    /// A reference point of the 3GPP or O-RAN architecture that leaves the pod network.
    package struct Interface: Sendable, Equatable {
        package enum Attachment: String, Sendable, CaseIterable { case macvlan, ipvlan, sriov, none }
        /// `n2`, `e1`, `fronthaul`.
        package var name: String
        /// Network instance, as the cluster's network attachments and Nephio's `Network` call it.
        package var network: String
        package var attachment: Attachment
    }

    /// How Nephio runs it: by an operator that answers to this provider.
    package struct Operator: Sendable, Equatable {
        /// `spec.provider` of NFDeployment.
        package var provider: String
        /// Name of its Capacity.
        package var capacity: String
    }

    package var code: String
    /// Instance name when the text names none.
    package var name: String
    package var description: String
    package var kind: String
    package var workload: Workload
    package var image: Image?
    package var command: [String]
    package var arguments: [TextTemplate]
    package var environment: [(name: String, value: TextTemplate)]
    package var ports: [Port]
    package var readiness: Probe?
    package var liveness: Probe?
    package var resources: Resources
    package var replicas: Replicas
    package var replication = Replication.alike
    package var companions: [Companion] = []
    package var security: Security
    package var configuration: Configuration?
    /// Names its core's database in a template.
    package var reachesDatabase = false
    /// Paths the process writes to, beside `/tmp`.
    package var writablePaths: [String]
    /// Where a volume is mounted when it has one.
    package var dataPath: String
    package var capacity: Capacity
    /// Codes of the functions it talks with; nil lets the whole namespace in.
    package var peers: [String]?
    /// Needs to reach addresses outside of the cluster.
    package var reachesOutside: Bool
    /// Codes of what must be there before it, of its own kind of network.
    package var dependencies: [String] = []
    package var interfaces: [Interface] = []
    package var nephio: Operator?
    /// By attribute: `maxUsers`, `throughput`.
    package var sizing: [String: [SizingStep]] = [:]
    /// Moves user packets: gets cores of its own, hugepages and SR-IOV where the quality asks for them.
    package var isDataPlane = false
    /// Its configuration lists the slices of its namespace: one that is not there is refused to UEs.
    package var admitsSlices = false
    /// What may be asked for, by attribute.
    package var ranges: [String: AllowedValues] = [:]

    package static func == (a: FunctionEntry, b: FunctionEntry) -> Bool { a.code == b.code && a.image == b.image && a.replicas == b.replicas }
}
