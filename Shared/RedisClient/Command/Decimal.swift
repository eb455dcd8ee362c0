extension Int {
    /// Nil unless `bytes` is exactly one decimal integer: an optional minus sign, then digits.
    init?(decimal bytes: some Collection<UInt8>) {
        var rest = bytes[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return nil }
        var value = 0
        for byte in rest {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let digit = Int(byte - UInt8(ascii: "0"))
            let (sum, overflowedAgain) = isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !overflowed, !overflowedAgain else { return nil }
            value = sum
        }
        self = value
    }

    /// Bytes of the decimal spelling.
    var decimalCount: Int {
        var count = self < 0 ? 2 : 1
        var rest = self.magnitude
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        return count
    }
}

extension [UInt8] {
    mutating func append(decimal value: Int) {
        if value >= 0, value < 10 {
            self.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value))
            return
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var start = 20
            var rest = value.magnitude
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if value < 0 {
                start -= 1
                digits[start] = UInt8(ascii: "-")
            }
            self.append(contentsOf: digits[start...])
        }
    }

    mutating func appendLineEnd() {
        self.append(UInt8(ascii: "\r"))
        self.append(UInt8(ascii: "\n"))
    }

    /// `$<count>\r\n`, what precedes the bytes of an argument.
    mutating func appendBulkHeader(count: Int) {
        self.append(UInt8(ascii: "$"))
        self.append(decimal: count)
        self.appendLineEnd()
    }

    /// `*<count>\r\n`, what precedes the arguments of a command.
    mutating func appendArrayHeader(count: Int) {
        self.append(UInt8(ascii: "*"))
        self.append(decimal: count)
        self.appendLineEnd()
    }
}
