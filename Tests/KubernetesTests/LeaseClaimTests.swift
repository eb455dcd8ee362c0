import Foundation
import Testing

@testable import Kubernetes

@Suite("A claim on a lease")
struct LeaseClaimTests {
    private let start = ContinuousClock.now
    private let timing = LeaseClaim.Timing(duration: .seconds(15), renewWithin: .seconds(10), retryEvery: .seconds(2))

    private func record(_ holder: String, _ time: String = "t0", transitions: Int = 0) -> LeaseRecord {
        LeaseRecord(holder: holder, duration: .seconds(15), renewTime: time, transitions: transitions)
    }

    @Test("no lease, and one that was given up, are taken")
    func free() {
        var claim = LeaseClaim(identity: "a", timing: self.timing)
        var move = claim.move(nil, at: self.start)
        #expect(move == .write(holder: "a", transitions: 0))
        move = claim.move(self.record("", transitions: 3), at: self.start)
        #expect(move == .write(holder: "a", transitions: 4))
    }

    @Test("another's is taken once it was seen unchanged for its whole duration, and not before")
    func expiry() {
        var claim = LeaseClaim(identity: "a", timing: self.timing)
        var move = claim.move(self.record("b"), at: self.start)
        #expect(move == .wait)
        move = claim.move(self.record("b"), at: self.start + .seconds(14))
        #expect(move == .wait)
        // It was renewed: the wait begins anew.
        move = claim.move(self.record("b", "t1"), at: self.start + .seconds(15))
        #expect(move == .wait)
        move = claim.move(self.record("b", "t1"), at: self.start + .seconds(29))
        #expect(move == .wait)
        move = claim.move(self.record("b", "t1"), at: self.start + .seconds(30))
        #expect(move == .write(holder: "a", transitions: 1))
    }

    @Test("a holder stops before others may begin")
    func safety() {
        var holder = LeaseClaim(identity: "a", timing: self.timing)
        var other = LeaseClaim(identity: "b", timing: self.timing)
        _ = holder.move(nil, at: self.start)
        // The writing took a second: for others the lease counts from later.
        holder.renewed(self.record("a"), began: self.start)
        _ = other.move(self.record("a"), at: self.start + .seconds(1))
        #expect(holder.leads(at: self.start + .milliseconds(9_999)))
        #expect(!holder.leads(at: self.start + .seconds(10)))
        var move = other.move(self.record("a"), at: self.start + .milliseconds(15_999))
        #expect(move == .wait)
        move = other.move(self.record("a"), at: self.start + .seconds(16))
        #expect(move == .write(holder: "b", transitions: 1))
    }

    @Test("one that sees another's name in its lease leads no more")
    func overtaken() {
        var claim = LeaseClaim(identity: "a", timing: self.timing)
        claim.renewed(self.record("a"), began: self.start)
        let move = claim.move(self.record("b"), at: self.start + .seconds(1))
        #expect(move == .wait)
        claim.lost()
        #expect(!claim.leads(at: self.start + .seconds(1)))
    }

    @Test("times are written as the API server reads them")
    func time() {
        #expect(LeaderElection.time(.init(timeIntervalSince1970: 1_790_000_000.0625)) == "2026-09-21T14:13:20.062500Z")
    }
}
