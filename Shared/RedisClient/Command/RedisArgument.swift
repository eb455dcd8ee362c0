/// A value that can be an argument of a command. Arguments travel with their length and may hold any byte.
package protocol RedisArgument: Sendable {
    /// Bytes to reserve for the encoding; a bound that is too low costs a reallocation, nothing else.
    var encodedCapacity: Int { get }
    /// Appends the argument as a RESP bulk string.
    func encode(into body: inout [UInt8])
}

/// What a bulk string adds to its bytes: `$`, a length, and two line ends.
private let framing = 16

extension String: RedisArgument {
    package var encodedCapacity: Int { self.utf8.count + framing }

    package func encode(into body: inout [UInt8]) {
        let text = self.utf8
        body.appendBulkHeader(count: text.count)
        body.append(contentsOf: text)
        body.appendLineEnd()
    }
}

extension Substring: RedisArgument {
    package var encodedCapacity: Int { self.utf8.count + framing }

    package func encode(into body: inout [UInt8]) {
        let text = self.utf8
        body.appendBulkHeader(count: text.count)
        body.append(contentsOf: text)
        body.appendLineEnd()
    }
}

extension [UInt8]: RedisArgument {
    package var encodedCapacity: Int { self.count + framing }

    package func encode(into body: inout [UInt8]) {
        body.appendBulkHeader(count: self.count)
        body.append(contentsOf: self)
        body.appendLineEnd()
    }
}

extension Int: RedisArgument {
    package var encodedCapacity: Int { 20 + framing }

    package func encode(into body: inout [UInt8]) {
        body.appendBulkHeader(count: self.decimalCount)
        body.append(decimal: self)
        body.appendLineEnd()
    }
}

extension Int64: RedisArgument {
    package var encodedCapacity: Int { 20 + framing }

    package func encode(into body: inout [UInt8]) { Int(self).encode(into: &body) }
}

extension Double: RedisArgument {
    package var encodedCapacity: Int { 24 + framing }

    package func encode(into body: inout [UInt8]) { self.description.encode(into: &body) }
}
