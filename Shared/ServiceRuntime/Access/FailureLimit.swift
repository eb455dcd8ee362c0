import NIOCore
import Synchronization

/// How often somebody may fail to say who he is: a token bucket for each address. Who has a key that counts is never held up by it, since behind an
/// Ingress or a NAT many share an address; a flood of failures costs neither log nor audit more than the bucket holds.
final class FailureLimit: Sendable {
    /// An IPv4 address, or the /64 of an IPv6 one, which is what a site is given (RFC 6177). All that have no address are one.
    struct Origin: Hashable, Sendable {
        private let bytes: UInt64
        private let family: UInt8

        init(_ address: SocketAddress?) {
            switch address {
            case .v4(let address): (self.bytes, self.family) = (UInt64(address.address.sin_addr.s_addr), 4)
            case .v6(let address):
                (self.bytes, self.family) = (withUnsafeBytes(of: address.address.sin6_addr) { $0.loadUnaligned(as: UInt64.self) }, 6)
            case .unixDomainSocket, nil: (self.bytes, self.family) = (0, 0)
            }
        }
    }

    private struct Bucket {
        var tokens: Double
        var at: ContinuousClock.Instant
    }

    /// More addresses than this share what is left: who has that many gets no log to himself.
    private static let maxOrigins = 10_000
    private let burst: Double
    private let perSecond: Double
    private let buckets = Mutex<[Origin: Bucket]>([:])

    /// - Parameter perMinute: failures of an address; that many may come at once. 0: without limit.
    init(perMinute: Int) {
        self.burst = Double(perMinute)
        self.perSecond = Double(perMinute) / 60
    }

    /// Nil when one more may be told; else the seconds until that is so again.
    func refusal(of origin: Origin, now: ContinuousClock.Instant = .now) -> Int? {
        guard self.burst > 0 else { return nil }
        return self.buckets.withLock { buckets in
            if buckets[origin] == nil, buckets.count >= Self.maxOrigins {
                // Who has a full bucket again is as good as new.
                buckets = buckets.filter { ($0.value.at.duration(to: now) / .seconds(1)) * self.perSecond + $0.value.tokens < self.burst }
                if buckets.count >= Self.maxOrigins { return 60 }
            }
            var bucket = buckets[origin] ?? Bucket(tokens: self.burst, at: now)
            bucket.tokens = min(self.burst, bucket.tokens + (bucket.at.duration(to: now) / .seconds(1)) * self.perSecond)
            bucket.at = now
            let isAllowed = bucket.tokens >= 1
            if isAllowed { bucket.tokens -= 1 }
            buckets[origin] = bucket
            return isAllowed ? nil : max(1, Int(((1 - bucket.tokens) / self.perSecond).rounded(.up)))
        }
    }
}
