import JSONSchema

/// A query of one operation and one class, read as GraphQL: names, arguments and selections, nothing of fragments, variables and directives.
struct GraphQLDocument {
    struct Field: Equatable {
        var name: String
        var selection: [Field] = []
    }

    struct Unreadable: Error, CustomStringConvertible { let description: String }

    private(set) var operation = ""
    private(set) var className = ""
    /// Enumerations are texts that begin with `#`.
    private(set) var arguments: [String: JSONValue] = [:]
    private(set) var selection: [Field] = []

    init(_ text: String) throws(Unreadable) {
        var reader = Reader(text)
        try reader.take("{")
        self.operation = try reader.name()
        try reader.take("{")
        self.className = try reader.name()
        if reader.peek == "(" { self.arguments = try reader.members(from: "(", to: ")") }
        self.selection = try reader.selection()
        try reader.take("}")
        try reader.take("}")
        guard reader.peek == nil else { throw Unreadable(description: "Syntax Error: unexpected text after the query") }
    }

    private struct Reader {
        private let text: [UInt8]
        private var place = 0

        init(_ text: String) { self.text = Array(text.utf8) }

        var peek: Character? {
            var place = self.place
            while place < self.text.count, self.text[place] <= 0x20 || self.text[place] == UInt8(ascii: ",") { place += 1 }
            return place < self.text.count ? Character(Unicode.Scalar(self.text[place])) : nil
        }

        private mutating func skip() {
            while self.place < self.text.count, self.text[self.place] <= 0x20 || self.text[self.place] == UInt8(ascii: ",") { self.place += 1 }
        }

        mutating func take(_ character: Character) throws(Unreadable) {
            guard self.peek == character else { throw Unreadable(description: "Syntax Error: expected \(character) at \(self.place)") }
            self.skip()
            self.place += 1
        }

        mutating func name() throws(Unreadable) -> String {
            self.skip()
            let start = self.place
            while self.place < self.text.count {
                let byte = self.text[self.place]
                guard byte == UInt8(ascii: "_") || byte &- 0x30 < 10 || byte &- 0x41 < 26 || byte &- 0x61 < 26 else { break }
                self.place += 1
            }
            guard self.place > start, !(self.text[start] &- 0x30 < 10) else { throw Unreadable(description: "Syntax Error: expected a name at \(start)") }
            return String(decoding: self.text[start..<self.place], as: UTF8.self)
        }

        mutating func members(from open: Character, to close: Character) throws(Unreadable) -> [String: JSONValue] {
            try self.take(open)
            var members: [String: JSONValue] = [:]
            while self.peek != close {
                let name = try self.name()
                try self.take(":")
                guard members.updateValue(try self.value(), forKey: name) == nil else { throw Unreadable(description: "\(name) is there twice") }
            }
            try self.take(close)
            return members
        }

        mutating func selection() throws(Unreadable) -> [Field] {
            try self.take("{")
            var fields: [Field] = []
            while self.peek != "}" {
                var field = Field(name: try self.name())
                if self.peek == "{" { field.selection = try self.selection() }
                fields.append(field)
            }
            try self.take("}")
            guard !fields.isEmpty else { throw Unreadable(description: "Syntax Error: an empty selection") }
            return fields
        }

        private mutating func value() throws(Unreadable) -> JSONValue {
            switch self.peek {
            case "{": return .object(try self.members(from: "{", to: "}"))
            case "[":
                try self.take("[")
                var elements: [JSONValue] = []
                while self.peek != "]" { elements.append(try self.value()) }
                try self.take("]")
                return .array(elements)
            case "\"": return try self.string()
            case .some(let character) where character.isNumber || character == "-":
                self.skip()
                let start = self.place
                while self.place < self.text.count, "0123456789+-.eE".utf8.contains(self.text[self.place]) { self.place += 1 }
                guard let number = Double(String(decoding: self.text[start..<self.place], as: UTF8.self)) else {
                    throw Unreadable(description: "Syntax Error: no number at \(start)")
                }
                return .number(number)
            default:
                let name = try self.name()
                return name == "true" ? true : name == "false" ? false : .string("#" + name)
            }
        }

        /// GraphQL's escapes are those of JSON.
        private mutating func string() throws(Unreadable) -> JSONValue {
            self.skip()
            let start = self.place
            self.place += 1
            while self.place < self.text.count, self.text[self.place] != UInt8(ascii: "\"") {
                guard self.text[self.place] >= 0x20 else { throw Unreadable(description: "Syntax Error: an unterminated text at \(start)") }
                self.place += self.text[self.place] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard self.place < self.text.count else { throw Unreadable(description: "Syntax Error: an unterminated text at \(start)") }
            self.place += 1
            do { return try JSONValue(parsing: Array(self.text[start..<self.place])) } catch {
                throw Unreadable(description: "Syntax Error: a wrong escape at \(start)")
            }
        }
    }
}
