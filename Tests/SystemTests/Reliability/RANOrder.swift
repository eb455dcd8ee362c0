/// Intents that become one A1 policy each, of a slice of its own.
enum RANOrder {
    /// The same number, the same slice and the same policy.
    static func sentence(_ number: Int) -> String {
        "Optimize the eMBB slice S-NSSAI \(self.slice(number)) to guarantee at least \(100 + number % 400) Mbps downlink throughput"
    }

    /// S-NSSAI: 1, and a slice differentiator of 24 bits.
    static func slice(_ number: Int) -> String {
        let hex = String(0x01_0000 + number, radix: 16)
        return "1-" + String(repeating: "0", count: max(0, 6 - hex.count)) + hex
    }
}
