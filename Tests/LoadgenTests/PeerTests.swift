import Foundation
import TestSupport
import Testing

@testable import Loadgen

/// Beside hey and wrk, on the same nginx: the same counts, and figures that differ by no more than runs of one tool do.
@Suite(.serialized) struct PeerTests {
    /// A figure behind a label of the summary.
    private func figure(_ output: String, after label: String) -> Double? {
        output.split(separator: "\n").first { $0.contains(label) }.flatMap { line in
            line[(line.firstRange(of: label)?.upperBound ?? line.startIndex)...].split { !$0.isNumber && $0 != "." }.first.flatMap { Double($0) }
        }
    }

    @Test(arguments: [[], ["-disable-keepalive"]]) func countsAreThoseOfHey(flags: [String]) async throws {
        let nginx = try await NginxServer()
        let url = nginx.url
        let hey = try await offPool { try Tool.output(["hey", "-n", "2010", "-c", "20"] + flags + [url]) }
        let (figures, _) = try await drive(
            url, pace: .closed(requests: 2_010 / 20 * 20, seconds: nil, perConnection: nil), connections: 20, keepsAlive: flags.isEmpty)
        #expect(hey.contains("[200]\t2000 responses"), "\(hey)")
        #expect(figures.statuses == ["200": 2_000] && figures.errors == 0)
        #expect(self.figure(hey, after: "Size/request:") == Double(figures.bytes / figures.answers))
    }

    @Test func statusesThatAreErrors() async throws {
        let nginx = try await NginxServer()
        let (figures, _) = try await drive(nginx.url + "/missing", pace: .closed(requests: 100, seconds: nil, perConnection: nil))
        #expect(figures.statuses == ["404": 100] && figures.errors == 100)
    }

    /// Where the rate is bounded by the tools (each connection is held back), rates agree whatever the machine does; the median of such a run is the
    /// server's own time.
    @Test func ratesAreThoseOfHey() async throws {
        let nginx = try await NginxServer()
        let url = nginx.url
        let hey = try await offPool { try Tool.output(["hey", "-z", "3s", "-c", "10", "-q", "50", url]) }
        let (figures, _) = try await drive(url, pace: .closed(requests: nil, seconds: 3, perConnection: 50), connections: 10)
        let theirs = try #require(self.figure(hey, after: "Requests/sec:"))
        #expect(abs(figures.perSecond - theirs) < 0.1 * theirs, "loadgen \(figures.perSecond)/s, hey \(theirs)/s")
        let median = try #require(self.figure(hey, after: "50% in").map { $0 * 1_000 })
        // hey shows tenths of a millisecond, and its own goroutines are part of what it measures.
        #expect(figures.latency.p50 < median + 1, "loadgen \(figures.latency.p50) ms, hey \(median) ms")
    }

    /// Little's law binds a closed loop: answers a second times mean latency is the number of connections. It holds for wrk and here alike.
    @Test func aClosedLoopKeepsItsConnectionsBusyAsWrkDoes() async throws {
        let nginx = try await NginxServer()
        let url = nginx.url
        let wrk = try await offPool { try Tool.output(["wrk", "-t1", "-c20", "-d2s", "--latency", url]) }
        let (figures, _) = try await drive(url, pace: .closed(requests: nil, seconds: 2, perConnection: nil), connections: 20)
        let theirs = try #require(self.figure(wrk, after: "Requests/sec:"))
        #expect(!wrk.contains("Non-2xx") && figures.errors == 0)
        let inFlight = figures.perSecond * figures.latency.mean / 1_000
        #expect(abs(inFlight - 20) < 3, "\(inFlight) requests in flight on average")
        // Both are unbounded here: within a factor of two in a debug build on a shared machine, and no order of magnitude off.
        #expect(figures.perSecond > theirs / 8 && figures.perSecond < theirs * 3, "loadgen \(figures.perSecond)/s, wrk \(theirs)/s")
    }
}
