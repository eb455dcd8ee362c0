import Foundation
import Resilience
import TestSupport
import Testing

@testable import ORANAdaptor

/// Against OpenSSH's own server with a NETCONF server behind its subsystem.
@Suite(.serialized, .timeLimit(.minutes(1))) struct NETCONFTests {
    private static let policy = RRMPolicyRatio(
        id: "slice-1", resourceType: "PRB", members: [.init(mcc: "310", mnc: "410", sst: 1, sd: nil)], minRatio: 30, maxRatio: nil, dedicatedRatio: nil)

    private func withElement(
        _ adjust: (inout FakeNETCONF.Behaviour) -> Void = { _ in }, hostKey: ManagedElement.HostKey? = nil, keyFile: String? = nil,
        timeout: Duration = .seconds(10), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        _ body: (FakeNETCONF, ElementClient, ElementConfiguration) async throws -> Void
    ) async throws {
        try await ElementSide.with { side async throws in
            side.device.set(adjust)
            let client = try side.client(hostKey: hostKey, keyFile: keyFile, timeout: timeout, now: now)
            try await body(side.device, client, try side.configuration(client))
        }
    }

    @Test("a share is set under lock, validated, committed, checked and confirmed; a repeat sends nothing; it can be taken away", arguments: [true, false])
    func change(_ speaks11: Bool) async throws {
        try await self.withElement({ $0.speaks11 = speaks11 }) { device, client, configuration async throws in
            let first = try await configuration.put(Self.policy, on: client)
            #expect(first.changed && first.policy.minRatio == 30 && first.policy.members.map(\.sd) == ["FFFFFF"])
            #expect(
                device.operations == [
                    "get-config", "lock", "discard-changes", "edit-config", "validate", "commit confirmed", "get-config", "commit", "unlock", "close-session",
                ])
            #expect(client.report.state == .connected)
            #expect(client.report.capabilities.contains("urn:ietf:params:netconf:capability:candidate:1.0"))
            let again = try await configuration.put(Self.policy, on: client)
            #expect(!again.changed)
            #expect(device.operations.count { $0 == "edit-config" } == 1)
            #expect(try await configuration.rrmPolicies(of: client).map(\.id) == ["slice-1"])
            #expect(try await configuration.removeRRMPolicy("slice-1", on: client))
            #expect(try await configuration.removeRRMPolicy("slice-1", on: client) == false)
            #expect(device.shares.isEmpty)
        }
    }

    @Test("a value that the device rejects leaves it unchanged, and the error has its words and its path")
    func rejected() async throws {
        try await self.withElement({ $0.most["rRMPolicyMinRatio"] = 20 }) { device, client, configuration async throws in
            let error = await #expect(throws: O1Error.self) { try await configuration.put(Self.policy, on: client) }
            #expect(error?.kind == .rejected)
            #expect(error?.detail == "invalid-value: rRMPolicyMinRatio is at most 20 here")
            #expect(error?.path == "/rrm:RRMPolicyRatio/rrm:attributes/rrm:rRMPolicyMinRatio")
            #expect(device.shares.isEmpty && device.candidate == nil && !device.isLocked)
            #expect(
                device.operations.suffix(3) == ["discard-changes", "unlock", "close-session"] || device.operations.suffix(2) == ["discard-changes", "unlock"])
        }
    }

    @Test("a session that is lost before the confirmation is rolled back by the device")
    func lost() async throws {
        let clock = SteppedClock()
        try await self.withElement({ $0.dropsAfterConfirmedCommit = true }, now: { clock.now }) { device, client, configuration async throws in
            let error = await #expect(throws: O1Error.self) { try await configuration.put(Self.policy, on: client) }
            #expect(error?.kind == .lost && error?.mayRetry == true)
            #expect(device.shares.isEmpty && !device.isLocked)
            device.set { $0.dropsAfterConfirmedCommit = false }
            clock.advance(.seconds(66))
            let again = try await configuration.put(Self.policy, on: client)
            #expect(again.changed)
        }
    }

    @Test("what a lost session changed is not taken for made while the device may still take it back, and is made afterwards")
    func pending() async throws {
        let clock = SteppedClock()
        func adjust(_ behaviour: inout FakeNETCONF.Behaviour) {
            behaviour.dropsAfterConfirmedCommit = true
            behaviour.keepsUnconfirmed = true
        }
        try await self.withElement(adjust, now: { clock.now }) { device, client, configuration async throws in
            let lost = await #expect(throws: O1Error.self) { try await configuration.put(Self.policy, on: client) }
            #expect(lost?.kind == .lost)
            device.set { $0.dropsAfterConfirmedCommit = false }
            #expect(device.shares.count == 1, "it shows what it is going to take back")
            for _ in 0..<2 {
                let early = await #expect(throws: O1Error.self) { try await configuration.put(Self.policy, on: client) }
                #expect(early?.kind == .busy && early?.mayRetry == true && early?.retryAfter != nil)
                clock.advance(.seconds(30))
            }
            let removal = await #expect(throws: O1Error.self) { try await configuration.removeRRMPolicy("slice-1", on: client) }
            #expect(removal?.kind == .busy)
            #expect(client.report.state == .connected)
            device.timeOutUnconfirmed()
            clock.advance(.seconds(6))
            #expect(try await configuration.put(Self.policy, on: client).changed)
            #expect(try await configuration.put(Self.policy, on: client).changed == false)
            #expect(device.shares.count == 1 && !device.isLocked)
        }
    }

    @Test("another instance, which knows of no lost session, does not take for made what is not confirmed either")
    func pendingElsewhere() async throws {
        func adjust(_ behaviour: inout FakeNETCONF.Behaviour) {
            behaviour.dropsAfterConfirmedCommit = true
            behaviour.keepsUnconfirmed = true
        }
        try await self.withElement(adjust) { device, client, configuration async throws in
            let lost = await #expect(throws: O1Error.self) { try await configuration.put(Self.policy, on: client) }
            #expect(lost?.kind == .lost)
            device.set { $0.dropsAfterConfirmedCommit = false }
            let other = ElementClient(client.element, upstream: Upstream("o1/other"))
            let early = await #expect(throws: O1Error.self) { try await configuration.put(Self.policy, on: other) }
            #expect(early?.kind == .busy && device.shares.count == 1)
            device.timeOutUnconfirmed()
            #expect(try await configuration.put(Self.policy, on: other).changed)
            #expect(try await configuration.put(Self.policy, on: other).changed == false)
            #expect(device.shares.count == 1 && !device.isLocked)
        }
    }

    @Test("a change that does not show is taken back")
    func ignored() async throws {
        try await self.withElement({ $0.ignoresEdits = true }) { device, client, configuration async throws in
            let error = await #expect(throws: O1Error.self) { try await configuration.put(Self.policy, on: client) }
            #expect(error?.kind == .rejected)
            #expect(device.operations.contains("cancel-commit"))
        }
    }

    @Test("a server that forgets a candidate when it was validated gets the change without that")
    func forgotten() async throws {
        try await self.withElement({ $0.forgetsWhatIsValid = true }) { device, client, configuration async throws in
            #expect(try await configuration.put(Self.policy, on: client).changed)
            #expect(device.shares.count == 1 && !device.isLocked)
            #expect(device.operations.count { $0 == "edit-config" } == 2)
        }
    }

    @Test("somebody else's lock is a matter of time; no candidate is a reason not to begin")
    func guards() async throws {
        try await self.withElement({ $0.isLockedByOthers = true }) { device, client, configuration async throws in
            let error = await #expect(throws: O1Error.self) { try await configuration.put(Self.policy, on: client) }
            #expect(error?.kind == .busy)
            #expect(!device.operations.contains("edit-config"))
        }
        try await self.withElement({ $0.hasCandidate = false }) { device, client, configuration async throws in
            let error = await #expect(throws: O1Error.self) { try await configuration.put(Self.policy, on: client) }
            #expect(error?.kind == .nonconforming)
            #expect(!device.operations.contains("lock"))
        }
    }

    @Test("without a confirmed commit nothing is begun: it would stay though the session were lost")
    func plainCommit() async throws {
        try await self.withElement({ $0.hasConfirmedCommit = false }) { device, client, configuration async throws in
            let error = await #expect(throws: O1Error.self) { try await configuration.put(Self.policy, on: client) }
            #expect(error?.kind == .nonconforming && error?.detail.contains("confirmed commit") == true)
            #expect(!device.operations.contains("lock") && device.shares.isEmpty)
        }
    }

    @Test("a change that is confirmed is made, though the lock cannot be given up")
    func unlockFails() async throws {
        try await self.withElement({ $0.refusesUnlock = true }) { device, client, configuration async throws in
            #expect(try await configuration.put(Self.policy, on: client).changed)
            #expect(device.shares.count == 1)
        }
    }

    @Test(
        "members that are not wanted any more go, and of the ratios those that are not said only when it is to be exactly so; also where only 1.0 is spoken",
        arguments: [true, false])
    func members(_ speaks11: Bool) async throws {
        try await self.withElement({ $0.speaks11 = speaks11 }) { device, client, configuration async throws in
            var policy = Self.policy
            policy.members.append(.init(mcc: "310", mnc: "410", sst: 2, sd: "00000A"))
            policy.maxRatio = 60
            #expect(try await configuration.put(policy, on: client).changed)
            let merged = try await configuration.put(Self.policy, on: client)
            #expect(merged.changed && merged.policy.members.map(\.sst) == [1] && merged.policy.maxRatio == 60)
            let exact = try await configuration.put(Self.policy, exactly: true, on: client)
            #expect(exact.changed && exact.policy.members.map(\.sst) == [1] && exact.policy.maxRatio == nil)
            #expect(try await configuration.put(Self.policy, exactly: true, on: client).changed == false)
        }
    }

    @Test("a device that takes the connection and says nothing is given up in time") func silentLogin() async throws {
        let listener = try FakeNETCONF()
        listener.set { $0.nonsense = .silence }
        defer { listener.stop() }
        let element = ManagedElement(
            name: "du-3", address: "127.0.0.1", port: listener.port, username: "x", credential: .passwordFile("/dev/null"), hostKey: .any)
        var configuration = Upstream.Configuration()
        configuration.timeout = .milliseconds(700)
        let client = ElementClient(element, upstream: Upstream("o1/du-3", configuration))
        let start = ContinuousClock.now
        let error = await #expect(throws: O1Error.self) { try await client.inSession { _ throws(O1Error) in } }
        #expect(error?.kind == .unreachable)
        #expect(start.duration(to: .now) < .seconds(3))
    }

    @Test("another host key than the configured one ends it before anything is said")
    func hostKey() async throws {
        try await self.withElement(hostKey: .fingerprint("SHA256:" + String(repeating: "A", count: 43))) { device, client, configuration async throws in
            let error = await #expect(throws: O1Error.self) { try await configuration.rrmPolicies(of: client) }
            #expect(error?.kind == .hostKey)
            #expect(error?.detail.contains("and not the configured") == true)
            #expect(device.operations.isEmpty)
            #expect(configuration.reports.map(\.state) == [.failed])
        }
    }

    @Test("who is not let in is told so")
    func denied() async throws {
        let stranger = try TemporaryDirectory()
        try await offPool { try SSHServer.generateKey(stranger.file("key")) }
        try await self.withElement(keyFile: stranger.file("key")) { _, client, configuration in
            let error = await #expect(throws: O1Error.self) { try await configuration.rrmPolicies(of: client) }
            #expect(error?.kind == .denied)
        }
    }

    @Test("a key that is locked with a passphrase is no key: nobody is asked for it", arguments: ["RFC4716", "PKCS8", "PEM"])
    func lockedKey(_ form: String) async throws {
        let place = try TemporaryDirectory()
        let path = place.file("key")
        _ = try await offPool {
            try Tool.output(["ssh-keygen", "-q", "-t", "ecdsa", "-N", "correct horse", "-m", form, "-f", path])
        }
        try await self.withElement(keyFile: path) { device, client, configuration in
            let error = await #expect(throws: O1Error.self) { try await configuration.rrmPolicies(of: client) }
            #expect(error?.kind == .denied && error?.detail.contains("holds no key that can be used") == true)
            #expect(device.sessions == 0)
        }
    }

    @Test("answers without end, in the wrong form or too deep, and silence: an error, in time", arguments: FakeNETCONF.Nonsense.allCases)
    func hostile(_ nonsense: FakeNETCONF.Nonsense) async throws {
        try await self.withElement({ $0.nonsense = nonsense }, timeout: .seconds(nonsense == .silence ? 3 : 15)) { _, client, configuration in
            let start = ContinuousClock.now
            let error = await #expect(throws: O1Error.self) { try await configuration.rrmPolicies(of: client) }
            #expect(error?.kind == (nonsense == .silence ? .unreachable : .nonconforming), "\(error?.description ?? "")")
            #expect(start.duration(to: .now) < .seconds(20))
        }
    }
}
