import JSONSchema
import Telemetry

/// How far one published object has come in the cluster. Pure.
enum RolloutState: Sendable, Equatable {
    /// It is as published, and available; a sentence.
    case available(String)
    /// Not yet; what is missing.
    case progressing(String)
    /// It will not come by itself; why.
    case failed(String)

    init(_ desired: DesiredObject, live: JSONValue?) {
        let name = "\(desired.kind.kind) \(desired.key)"
        guard let live else {
            self = .progressing("\(name) is not in the cluster")
            return
        }
        if desired.kind == .functionDeployment {
            self = Self.function(name, live)
            return
        }
        if let difference = WorkloadMatch(desired: desired.json, live: live).difference {
            self = .progressing("\(name) is not as published: \(difference)")
            return
        }
        let status = live["status"]
        let (generation, observed) = (live["metadata"]?["generation"]?.integer ?? 0, status?["observedGeneration"]?.integer ?? 0)
        guard observed >= generation else {
            self = .progressing("\(name): generation \(generation) is not observed (\(observed) is)")
            return
        }
        let conditions = status?["conditions"]?.array ?? []
        if let stuck = conditions.first(where: {
            $0["type"]?.string == "Progressing" && $0["status"]?.string == "False" && $0["reason"]?.string == "ProgressDeadlineExceeded"
        }) {
            self = .failed("\(name): \(stuck["message"]?.string ?? "ProgressDeadlineExceeded")")
            return
        }
        let isDaemon = desired.kind == .daemonSet
        let wanted = (isDaemon ? status?["desiredNumberScheduled"]?.integer : live["spec"]?["replicas"]?.integer) ?? (isDaemon ? 0 : 1)
        let updated = status?[isDaemon ? "updatedNumberScheduled" : "updatedReplicas"]?.integer ?? 0
        let available = status?[isDaemon ? "numberAvailable" : "availableReplicas"]?.integer ?? 0
        let total = isDaemon ? wanted : status?["replicas"]?.integer ?? 0
        if updated < wanted {
            self = .progressing("\(name): \(updated) of \(wanted) replicas are of this revision")
        } else if total > updated {
            self = .progressing("\(name): \(total - updated) replicas of the revision before are still there")
        } else if available < wanted {
            self = .progressing("\(name): \(available) of \(wanted) replicas are available")
        } else {
            self = .available("\(name): generation \(generation) observed, \(available) of \(wanted) replicas available")
        }
    }

    /// An `NFDeployment`: its operator says how it is (`workload.nephio.org/v1alpha1`).
    private static func function(_ name: String, _ live: JSONValue) -> RolloutState {
        let conditions = live["status"]?["conditions"]?.array ?? []
        let generation = live["metadata"]?["generation"]?.integer ?? 0
        func condition(_ type: String) -> JSONValue? { conditions.first { $0["type"]?.string == type } }
        func isTrue(_ type: String) -> Bool { condition(type)?["status"]?.string == "True" }
        func words(_ type: String) -> String {
            [condition(type)?["reason"]?.string, condition(type)?["message"]?.string].compactMap(\.self).joined(separator: ": ")
        }
        if let observed = live["status"]?["observedGeneration"]?.integer, observed < generation {
            return .progressing("\(name): generation \(generation) is not observed (\(observed) is)")
        }
        if isTrue("Stalled") { return .failed("\(name) is stalled: \(words("Stalled"))") }
        if isTrue("Ready") || (condition("Ready") == nil && isTrue("Available")) { return .available("\(name): \(isTrue("Ready") ? "Ready" : "Available")") }
        let type = condition("Ready") == nil ? "Available" : "Ready"
        return .progressing("\(name) is not \(type.lowercased())\(words(type).isEmpty ? "" : ": " + words(type))")
    }
}

/// Why a pod does not run. Pure.
struct PodFailure: Sendable, Equatable {
    let pod: String
    let container: String
    let reason: String
    let message: String
    /// It has run before: its last words are in the log of the container before.
    let hasRestarted: Bool

    /// Nil for one that runs, or is starting.
    init?(_ pod: JSONValue) {
        guard let name = pod["metadata"]?["name"]?.string else { return nil }
        let status = pod["status"]
        for list in ["initContainerStatuses", "containerStatuses"] {
            for container in status?[list]?.array ?? [] where container["ready"]?.boolean != true {
                let waiting = container["state"]?["waiting"]
                let ended = container["state"]?["terminated"] ?? container["lastState"]?["terminated"]
                let isHarmless = ["ContainerCreating", "PodInitializing"].contains(waiting?["reason"]?.string)
                let failedWith = ended.flatMap { $0["exitCode"]?.integer == 0 ? nil : $0 }
                guard waiting != nil && !isHarmless || failedWith != nil else { continue }
                // "CrashLoopBackOff" says less than what it died of.
                let reasons = [waiting?["reason"]?.string, failedWith?["reason"]?.string].compactMap(\.self)
                self.pod = name
                self.container = container["name"]?.string ?? ""
                self.reason = isHarmless ? reasons.last ?? "Unknown" : reasons.joined(separator: ", last ended with ")
                self.message = failedWith?["message"]?.string ?? waiting?["message"]?.string ?? failedWith?["exitCode"].map { "exit code \($0.text)" } ?? ""
                self.hasRestarted = (container["restartCount"]?.integer ?? 0) > 0
                return
            }
        }
        guard
            let unscheduled = status?["conditions"]?.array?.first(where: {
                $0["type"]?.string == "PodScheduled" && $0["status"]?.string == "False"
            })
        else { return nil }
        self.pod = name
        self.container = ""
        self.reason = unscheduled["reason"]?.string ?? "Unschedulable"
        self.message = unscheduled["message"]?.string ?? ""
        self.hasRestarted = false
    }

    func sentence(log: [String]) -> String {
        let place = self.container.isEmpty ? "pod \(self.pod)" : "pod \(self.pod), container \(self.container)"
        let message = self.message.isEmpty ? "" : " (\(self.message.prefix(500)))"
        let lines = log.isEmpty ? "" : "; last lines: " + log.joined(separator: " ⏎ ").prefix(2_000)
        // It goes into the record, to callbacks and to the cluster, where more may read it than may read the pod's log.
        return Redaction.foreign("\(place): \(self.reason)\(message)\(lines)")
    }
}
