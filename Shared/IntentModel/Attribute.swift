/// The attributes a target may have, with the unit its value is always in.
/// One table for the interpreter, the planner and the RAN mapping.
package enum Attribute {
    package enum Kind: Sendable { case number, boolean, text }

    /// attribute → (kind, unit). A nil unit is a count, a code or no unit at all.
    package static let table: [String: (kind: Kind, unit: String?)] = [
        "replicas": (.number, nil), "minReplicas": (.number, nil), "maxReplicas": (.number, nil),
        "cpu": (.number, "cores"), "memory": (.number, "MiB"), "storage": (.number, "GiB"),
        "targetCPUUtilization": (.number, "%"), "targetMemoryUtilization": (.number, "%"),
        "autoscaling": (.boolean, nil), "highAvailability": (.boolean, nil), "energySaving": (.boolean, nil),
        "encryption": (.boolean, nil), "mutualTLS": (.boolean, nil), "monitoring": (.boolean, nil), "loadBalancing": (.boolean, nil),
        "version": (.text, nil), "image": (.text, nil), "feature": (.text, nil), "profile": (.text, nil),
        "frequencyBand": (.text, nil), "algorithm": (.text, nil),
        "threshold": (.number, "%"), "duration": (.number, "s"), "interval": (.number, "s"), "deadline": (.number, "s"),
        "latency": (.number, "ms"), "jitter": (.number, "ms"),
        "throughput": (.number, "Mbps"), "throughputDownlink": (.number, "Mbps"), "throughputUplink": (.number, "Mbps"), "bandwidth": (.number, "Mbps"),
        "availability": (.number, "%"), "reliability": (.number, "%"), "packetLoss": (.number, "%"),
        "qoeScore": (.number, nil), "initialBuffering": (.number, "s"), "rebufferingFrequency": (.number, "per s"), "stallRatio": (.number, "%"),
        "prbShare": (.number, "%"),
        "maxUsers": (.number, nil), "deviceDensity": (.number, "per km²"), "channelBandwidth": (.number, "MHz"),
        "fiveQI": (.number, nil), "priorityLevel": (.number, nil), "arp": (.number, nil),
        "handoverThreshold": (.number, "dB"), "txPower": (.number, "dBm"), "cost": (.number, "USD"),
        "administrativeState": (.text, nil), "energySavingControl": (.text, nil), "physicalCellId": (.number, nil),
        "arfcnDownlink": (.number, nil), "arfcnUplink": (.number, nil),
    ]

    package static func unit(of attribute: String) -> String? { self.table[attribute]?.unit }
}
