/// A request as it goes over the wire, with the places that differ.
struct RequestTemplate: Sendable {
    /// What is in the body of the request with a number.
    enum Body: Sendable, Equatable {
        case template(Template)
        /// One line each, from the first again after the last.
        case lines([[UInt8]])
    }

    /// All of a request that never differs.
    let fixed: [UInt8]?
    let isHead: Bool
    private let path: Template
    /// `" HTTP/1.1\r\nHost: …\r\n…"`, without the length of the body and the empty line.
    private let head: [UInt8]
    private let method: [UInt8]
    private let body: Body

    init(method: String, path: Template, host: String, headers: [(name: String, value: String)], body: Body, keepsAlive: Bool) {
        var lines = " HTTP/1.1\r\nHost: \(host)\r\n"
        if !headers.contains(where: { $0.name.lowercased() == "user-agent" }) { lines += "User-Agent: loadgen\r\n" }
        for (name, value) in headers { lines += "\(name): \(value)\r\n" }
        if !keepsAlive { lines += "Connection: close\r\n" }
        self.head = Array(lines.utf8)
        self.method = Array("\(method) ".utf8)
        self.isHead = method == "HEAD"
        self.path = path
        self.body = body
        if let place = path.constant, case .template(let template) = body, let content = template.constant {
            self.fixed = Self.join(self.method, place, self.head, content)
        } else {
            self.fixed = nil
        }
    }

    /// The whole request into `out`, which is emptied first; `scratch` is room that is used again and again.
    func write(_ sequence: Int, run: [UInt8], random: inout SplitMix, into out: inout [UInt8], scratch: inout [UInt8]) {
        out.removeAll(keepingCapacity: true)
        scratch.removeAll(keepingCapacity: true)
        switch self.body {
        case .template(let template): template.append(to: &scratch, sequence: sequence, run: run, random: &random)
        case .lines(let lines): scratch += lines[sequence % lines.count]
        }
        out += self.method
        self.path.append(to: &out, sequence: sequence, run: run, random: &random)
        out += self.head
        Self.finish(&out, scratch, self.method)
    }

    private static func join(_ method: [UInt8], _ path: [UInt8], _ head: [UInt8], _ body: [UInt8]) -> [UInt8] {
        var out = method + path + head
        self.finish(&out, body, method)
        return out
    }

    /// A body has its length said; so has its absence where one is usual (RFC 9110 §8.6).
    private static func finish(_ out: inout [UInt8], _ body: [UInt8], _ method: [UInt8]) {
        if !body.isEmpty || method.first == UInt8(ascii: "P") {
            out += "Content-Length: ".utf8
            out.appendDecimal(body.count)
            out += "\r\n".utf8
        }
        out += "\r\n".utf8
        out += body
    }
}
