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
    }

    /// What one replica of the catalogue's size carries.
    package struct Capacity: Sendable, Equatable {
        package var maxUsers: Double?
        /// Mbps.
        package var throughput: Double?
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
    package var security: Security
    package var configuration: Configuration?
    /// Paths the process writes to, beside `/tmp`.
    package var writablePaths: [String]
    /// Where a volume is mounted when it has one.
    package var dataPath: String
    package var capacity: Capacity
    /// Codes of the functions it talks with; nil lets the whole namespace in.
    package var peers: [String]?
    /// Needs to reach addresses outside of the cluster.
    package var reachesOutside: Bool
    /// What may be asked for, by attribute.
    package var ranges: [String: AllowedValues] = [:]

    package static func == (a: FunctionEntry, b: FunctionEntry) -> Bool { a.code == b.code && a.image == b.image && a.replicas == b.replicas }
}
