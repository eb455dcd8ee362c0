import Foundation
import JSONSchema

/// A resource quantity, whose text the server may write in another way: `1000m` is `1`. Exact, so that equal ones are equal.
struct Quantity: Equatable {
    /// In its unit: cores, bytes.
    let value: Decimal

    /// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    private static let decimal: [String: Int] = ["n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18]
    private static let binary: [String: Int] = ["Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6]

    init?(_ json: JSONValue) {
        switch json {
        case .number(let number): self.init(text: "\(number)")
        case .string(let text): self.init(text: text)
        default: return nil
        }
    }

    private init?(text: String) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-" || $0 == "+") }
        let unit = String(text.dropFirst(digits.count))
        guard Double(digits) != nil, let number = Decimal(string: String(digits)) else { return nil }
        if let exponent = Self.decimal[unit] ?? Self.exponent(unit) {
            guard (-30...30).contains(exponent) else { return nil }
            self.value = number * Decimal(sign: .plus, exponent: exponent, significand: 1)
        } else if let power = Self.binary[unit] {
            self.value = number * Decimal(Int64(1) << (10 * power))
        } else {
            return nil
        }
    }

    /// `1e3`, `1E+3`.
    private static func exponent(_ unit: String) -> Int? {
        guard let mark = unit.first, mark == "e" || mark == "E" else { return nil }
        return Int(unit.dropFirst())
    }
}
