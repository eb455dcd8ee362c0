import JSONSchema
import Yams

/// An installation on paper: stations with servers, and the way of an intent through them; `loadtest/capacity/*.yaml`.
struct CapacityModel: Decodable, Sendable {
    struct Station: Decodable, Sendable {
        var name: String
        /// Cores, shards, repositories: what works on its own.
        var servers: Int
        /// An intent always comes to the same server (its shard, its repository); otherwise to the first that is free.
        var partitioned: Bool?
        /// Most intents that are worked on together; 1 without it.
        var batch: Int?
        /// Microseconds that every batch costs beside its intents.
        var fixed: Double?
    }

    struct Visit: Decodable, Sendable {
        var station: String
        /// Microseconds, on average; exponentially distributed.
        var cost: Double
        /// After this visit the caller has its 202.
        var answers: Bool?
    }

    var name: String
    var about: String?
    /// Intents a second; they come at random (Poisson).
    var arrivals: Double
    /// Simulated seconds, after a tenth more for warming up.
    var seconds: Double
    var stations: [Station]
    var path: [Visit]
    var expect: Bounds?

    /// What must come out.
    struct Bounds: Decodable, Sendable {
        /// Milliseconds.
        var acceptP99: Double?
        var terminalP95: Double?
        /// Of a station's time, 0…1.
        var utilisation: Double?
    }

    init(yaml: String, name file: String) throws {
        do { self = try YAMLDecoder().decode(CapacityModel.self, from: yaml) } catch { throw LoadError.usage("\(file) is no capacity model: \(error)") }
        guard self.arrivals > 0, self.seconds > 0, !self.path.isEmpty else {
            throw LoadError.usage("\(file): arrivals and seconds are above 0, and the path has a visit")
        }
        for station in self.stations where station.servers < 1 || (station.batch ?? 1) < 1 || (station.fixed ?? 0) < 0 {
            throw LoadError.usage("\(file): \(station.name) has no server, or takes no batch")
        }
        for visit in self.path where visit.cost < 0 || !self.stations.contains(where: { $0.name == visit.station }) {
            throw LoadError.usage("\(file): there is no station \(visit.station), or its cost is below 0")
        }
    }
}
