/// One command, encoded as it is built: a single byte array, whatever the number of arguments.
package struct RedisCommand: Sendable {
    /// The arguments as RESP bulk strings, without the header that counts them.
    private(set) var body: [UInt8]
    private(set) var argumentCount: Int

    package init(_ name: String, _ arguments: any RedisArgument...) {
        self.init(name, arguments: arguments)
    }

    package init(_ name: String, arguments: [any RedisArgument]) {
        var capacity = name.encodedCapacity
        for argument in arguments { capacity += argument.encodedCapacity }
        self.body = []
        self.body.reserveCapacity(capacity)
        name.encode(into: &self.body)
        for argument in arguments { argument.encode(into: &self.body) }
        self.argumentCount = 1 + arguments.count
    }

    package mutating func append(_ argument: some RedisArgument) {
        argument.encode(into: &self.body)
        self.argumentCount += 1
    }

    package mutating func append(contentsOf arguments: [any RedisArgument]) {
        for argument in arguments { argument.encode(into: &self.body) }
        self.argumentCount += arguments.count
    }

    /// Header and arguments, ready for the socket.
    var encoded: [UInt8] { [self].payload }
}

extension [RedisCommand] {
    /// All of them, ready for the socket.
    var payload: [UInt8] {
        var payload: [UInt8] = []
        payload.reserveCapacity(self.reduce(0) { $0 + $1.body.count + 8 })
        for command in self { payload.append(command) }
        return payload
    }
}

extension [UInt8] {
    mutating func append(_ command: RedisCommand) {
        self.appendArrayHeader(count: command.argumentCount)
        self.append(contentsOf: command.body)
    }
}
