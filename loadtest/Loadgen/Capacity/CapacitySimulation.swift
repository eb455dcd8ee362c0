import Foundation
import HeapModule
import Histogram

/// Plays a ``CapacityModel`` event by event: intents arrive, wait in line, are served alone or in batches, and go on.
struct CapacitySimulation {
    struct Outcome: Sendable {
        var accept = LatencyRecord.whole()
        var terminal = LatencyRecord.whole()
        /// Ends a second, after warming up.
        var perSecond = 0.0
        /// By station: the part of the time that its servers worked, on average, and the longest line.
        var stations: [(name: String, utilisation: Double, longestLine: Int)] = []
        /// Still on their way at the end.
        var unfinished = 0
    }

    private struct Event: Comparable {
        var time: Double
        /// Keeps events of the same time in order.
        var number: Int
        var kind: Kind

        enum Kind { case arrival, end(server: Int) }

        static func < (left: Event, right: Event) -> Bool { (left.time, left.number) < (right.time, right.number) }
        static func == (left: Event, right: Event) -> Bool { left.number == right.number }
    }

    private struct Intent {
        var began: Double
        var visit = 0
        /// Chooses among the servers of a partitioned station.
        var place: UInt64
    }

    private struct Server {
        var station: Int
        var work: [Int] = []
        var busy = 0.0
    }

    private struct Line {
        var waiting: [Int] = []
        var head = 0
        var longest = 0
        var count: Int { self.waiting.count - self.head }

        mutating func add(_ intent: Int) {
            self.waiting.append(intent)
            self.longest = max(self.longest, self.count)
        }

        mutating func take(_ most: Int) -> [Int] {
            let taken = Array(self.waiting[self.head..<min(self.head + most, self.waiting.count)])
            self.head += taken.count
            if self.head > 4_096, self.head * 2 > self.waiting.count {
                self.waiting.removeFirst(self.head)
                self.head = 0
            }
            return taken
        }
    }

    private let model: CapacityModel
    private var random: SplitMix
    private var events = Heap<Event>()
    private var number = 0
    private var now = 0.0
    private var intents: [Intent] = []
    private var servers: [Server] = []
    /// Servers and lines of each station; a partitioned one has a line for each server.
    private var serversOf: [[Int]] = []
    private var lines: [[Line]] = []
    private let stationOf: [Int]

    init(_ model: CapacityModel, seed: UInt64 = 1) {
        self.model = model
        self.random = SplitMix(seed: seed)
        self.stationOf = model.path.map { visit in model.stations.firstIndex { $0.name == visit.station } ?? 0 }
        for (index, station) in model.stations.enumerated() {
            self.serversOf.append(Array(self.servers.count..<self.servers.count + station.servers))
            self.servers += Array(repeating: Server(station: index), count: station.servers)
            self.lines.append(Array(repeating: Line(), count: station.partitioned == true ? station.servers : 1))
        }
    }

    mutating func run() -> Outcome {
        var outcome = Outcome()
        let warm = self.model.seconds / 10, end = self.model.seconds + warm
        var ends = 0
        self.schedule(self.exponential(1 / self.model.arrivals), .arrival)
        while let event = self.events.popMin(), event.time <= end {
            self.now = event.time
            switch event.kind {
            case .arrival:
                self.intents.append(Intent(began: self.now, place: self.random.next()))
                self.enter(self.intents.count - 1)
                self.schedule(self.now + self.exponential(1 / self.model.arrivals), .arrival)
            case .end(let server):
                let done = self.servers[server].work
                self.servers[server].work = []
                for intent in done {
                    let visit = self.intents[intent].visit
                    let took = UInt64((self.now - self.intents[intent].began) * 1e9)
                    if self.model.path[visit].answers == true, self.now > warm { outcome.accept.record(min(took, LatencyRecord.longest)) }
                    self.intents[intent].visit += 1
                    if self.intents[intent].visit < self.model.path.count {
                        self.enter(intent)
                    } else if self.now > warm {
                        ends += 1
                        outcome.terminal.record(min(took, LatencyRecord.longest))
                    }
                }
                self.serve(server)
            }
        }
        outcome.perSecond = Double(ends) / self.model.seconds
        outcome.unfinished = self.intents.count { $0.visit < self.model.path.count }
        outcome.stations = self.model.stations.enumerated().map { index, station in
            let busy = self.serversOf[index].reduce(0) { $0 + self.servers[$1].busy }
            return (station.name, min(1, busy / end / Double(station.servers)), self.lines[index].map(\.longest).max() ?? 0)
        }
        return outcome
    }

    private mutating func schedule(_ time: Double, _ kind: Event.Kind) {
        self.number += 1
        self.events.insert(Event(time: time, number: self.number, kind: kind))
    }

    private mutating func exponential(_ mean: Double) -> Double { -mean * log(1 - Double.random(in: 0..<1, using: &self.random)) }

    private mutating func enter(_ intent: Int) {
        let station = self.stationOf[self.intents[intent].visit]
        let line = Int(self.intents[intent].place % UInt64(self.lines[station].count))
        self.lines[station][line].add(intent)
        if self.lines[station].count > 1 {
            self.serve(self.serversOf[station][line])
        } else if let free = self.serversOf[station].first(where: { self.servers[$0].work.isEmpty }) {
            self.serve(free)
        }
    }

    /// Gives a server that is free the next of its line.
    private mutating func serve(_ server: Int) {
        guard self.servers[server].work.isEmpty else { return }
        let station = self.servers[server].station
        let line = self.lines[station].count > 1 ? server - self.serversOf[station][0] : 0
        let work = self.lines[station][line].take(self.model.stations[station].batch ?? 1)
        guard !work.isEmpty else { return }
        var time = (self.model.stations[station].fixed ?? 0) / 1e6
        for intent in work { time += self.exponential(self.model.path[self.intents[intent].visit].cost / 1e6) }
        self.servers[server].work = work
        self.servers[server].busy += time
        self.schedule(self.now + time, .end(server: server))
    }
}
