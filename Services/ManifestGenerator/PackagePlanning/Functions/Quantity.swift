/// Kubernetes quantities, in the two units plans are made in.
package enum Quantity {
    /// Thousandths of a core as Kubernetes writes them: `500m`, `4`.
    package static func cores(_ millicores: Int) -> String { millicores % 1000 == 0 ? String(millicores / 1000) : "\(millicores)m" }

    /// MiB as Kubernetes writes them: `512Mi`, `2Gi`.
    package static func memory(_ mebibytes: Int) -> String { mebibytes % 1024 == 0 ? "\(mebibytes / 1024)Gi" : "\(mebibytes)Mi" }

    /// Thousandths of a core; nil when the text is no CPU quantity.
    package static func millicores(_ text: String) -> Int? {
        if text.hasSuffix("m") { return Int(text.dropLast()).flatMap { (0..<1_000_000_000).contains($0) ? $0 : nil } }
        guard let value = Double(text), value >= 0, value < 1_000_000 else { return nil }
        return Int((value * 1000).rounded())
    }

    /// MiB, rounded up; nil when the text is no quantity of bytes.
    package static func mebibytes(_ text: String) -> Int? {
        let factors: [(suffix: String, bytes: Double)] = [
            ("Ki", 1024), ("Mi", 1_048_576), ("Gi", 1_073_741_824), ("Ti", 1_099_511_627_776), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("", 1),
        ]
        for factor in factors where text.hasSuffix(factor.suffix) {
            guard let value = Double(text.dropLast(factor.suffix.count)), value >= 0, value < 1e15 else { continue }
            let mebibytes = (value * factor.bytes / 1_048_576).rounded(.up)
            return mebibytes < 1e12 ? Int(mebibytes) : nil
        }
        return nil
    }
}
