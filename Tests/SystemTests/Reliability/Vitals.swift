import Foundation
import Synchronization

/// Memory, descriptors and threads of the processes of an installation, looked at again and again.
final class Vitals: Sendable {
    /// One figure of one process over time.
    struct Series: Sendable {
        var name: String
        /// Seconds since the beginning, and the value.
        var points: [(at: Double, value: Double)] = []

        /// The median of the slopes between all pairs of points (Theil and Sen): a burst or a restart does not move it.
        var slope: Double {
            let points = self.points.count > 400 ? stride(from: 0, to: self.points.count, by: self.points.count / 400).map { self.points[$0] } : self.points
            var slopes: [Double] = []
            for (index, one) in points.enumerated() {
                for other in points[(index + 1)...] where other.at > one.at { slopes.append((other.value - one.value) / (other.at - one.at)) }
            }
            return Self.median(slopes)
        }

        func median(of part: Range<Double>) -> Double {
            let last = self.points.last?.at ?? 0
            return Self.median(self.points.filter { part.contains($0.at / max(last, 1e-9)) || ($0.at == last && part.upperBound >= 1) }.map(\.value))
        }

        static func median(_ values: [Double]) -> Double {
            let sorted = values.sorted()
            return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        }

        /// From `start` on, as a part of the whole time.
        func after(_ start: Double) -> Series {
            let last = self.points.last?.at ?? 0
            return Series(name: self.name, points: self.points.filter { $0.at >= last * start })
        }
    }

    private let series = Mutex<[String: Series]>([:])

    var all: [Series] { self.series.withLock { $0.values.sorted { $0.name < $1.name } } }
    func series(_ name: String) -> Series { self.series.withLock { $0[name] ?? Series(name: name) } }

    /// Until the task is cancelled.
    func watch(_ installation: Installation, every interval: Duration) async {
        let start = ContinuousClock.now
        while !Task.isCancelled {
            let at = (ContinuousClock.now - start).seconds
            for (service, processID) in installation.running {
                guard let figures = ProcessFigures(processID) else { continue }
                self.add("\(service.rawValue) resident", at, Double(figures.resident))
                self.add("\(service.rawValue) anonymous memory", at, Double(figures.anonymous))
                self.add("\(service.rawValue) descriptors", at, Double(figures.descriptors))
                self.add("\(service.rawValue) threads", at, Double(figures.threads))
                // Those that stay: what comes and goes says nothing.
                let readers = ProcessFigures.children(of: processID).filter { ProcessFigures.command(of: $0).contains("cat-file") }
                if !readers.isEmpty {
                    let memory = readers.compactMap { ProcessFigures($0)?.anonymous }.reduce(0, +)
                    self.add("\(service.rawValue)'s git readers' anonymous memory", at, Double(memory))
                }
            }
            if let used = try? await installation.queues.memory() { self.add("redis used_memory", at, Double(used)) }
            try? await Task.sleep(for: interval)
        }
    }

    private func add(_ name: String, _ at: Double, _ value: Double) {
        self.series.withLock { $0[name, default: Series(name: name)].points.append((at, value)) }
    }
}
