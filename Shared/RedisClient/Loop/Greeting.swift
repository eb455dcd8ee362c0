/// What a connection says first, and the meaning of the answers.
struct Greeting {
    enum Step { case authenticate, select, name, role, ping }

    enum Verdict: Equatable {
        case unfinished
        case welcome
        /// The server cannot serve yet; try again.
        case later(RedisError)
        /// Trying again will not help until someone changes a configuration.
        case refused(RedisError)
    }

    /// All steps in one write.
    let bytes: [UInt8]
    private let steps: [Step]
    private var answered = 0

    /// - Parameter needsPrimary: whether a replica will not do.
    init(_ configuration: RedisConfiguration, label: String, needsPrimary: Bool = false) {
        var steps: [Step] = []
        var bytes: [UInt8] = []
        if let password = configuration.password?.value {
            steps.append(.authenticate)
            if let user = configuration.username {
                bytes += RedisCommand("AUTH", user, password).encoded
            } else {
                bytes += RedisCommand("AUTH", password).encoded
            }
        }
        if configuration.database != 0 {
            steps.append(.select)
            bytes += RedisCommand("SELECT", configuration.database).encoded
        }
        steps.append(.name)
        bytes += RedisCommand("CLIENT", "SETNAME", Self.clientName(label)).encoded
        if needsPrimary {
            steps.append(.role)
            bytes += RedisCommand("ROLE").encoded
        }
        // Unlike the steps before it, PING tells whether the server is still loading its data.
        steps.append(.ping)
        bytes += RedisCommand("PING").encoded
        self.steps = steps
        self.bytes = bytes
    }

    mutating func receive(_ value: RedisValue) -> Verdict {
        guard self.answered < self.steps.count else { return .later(RedisError(.protocolViolation, "a reply that nobody asked for")) }
        let step = self.steps[self.answered]
        self.answered += 1
        if case .error(let message) = value {
            let code = message.prefix { $0 != " " }
            switch (code, step) {
            case ("LOADING", _), ("MASTERDOWN", _), ("BUSY", _):
                return .later(RedisError(.disconnected, message))
            case (_, _) where message.hasPrefix("ERR max number of clients"):
                return .later(RedisError(.disconnected, message))
            case ("NOAUTH", _), ("WRONGPASS", _), (_, .authenticate), (_, .select):
                return .refused(RedisError(.refused, message))
            case (_, .name), (_, .role), (_, .ping):
                break  // A user who may neither name himself nor ping can still be of use.
            }
        }
        if step == .role, let role = value[0].string, role != "master" {
            return .later(RedisError(.disconnected, "the server is a \(role), not the primary"))
        }
        return self.answered == self.steps.count ? .welcome : .unfinished
    }

    /// `CLIENT SETNAME` takes printable ASCII without spaces.
    private static func clientName(_ label: String) -> String {
        String(decoding: label.utf8.map { $0 > 0x20 && $0 < 0x7f ? $0 : UInt8(ascii: "-") }, as: UTF8.self)
    }
}
