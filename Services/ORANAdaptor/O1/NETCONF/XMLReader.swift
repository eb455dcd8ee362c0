/// Reads one XML document, strictly and within bounds: no document type, so no entities but the five of XML and character references;
/// depth, elements and attributes are limited. What a device sends must not cost memory or time.
package struct XMLReader {
    package struct Malformed: Error, Equatable, CustomStringConvertible {
        package let reason: String
        /// In bytes.
        package let offset: Int
        package var description: String { "XML at byte \(self.offset): \(self.reason)" }
    }

    static let maxDepth = 64
    static let maxElements = 200_000
    static let maxAttributes = 64

    private let bytes: [UInt8]
    private var at = 0
    private var elements = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    package static func read(_ bytes: [UInt8]) throws(Malformed) -> XMLElement {
        var reader = XMLReader(bytes)
        try reader.skipMisc()
        let root = try reader.element(["xml": "http://www.w3.org/XML/1998/namespace"], depth: 0)
        try reader.skipMisc()
        guard reader.at == bytes.count else { throw reader.malformed("something follows the document") }
        return root
    }

    // MARK: Elements

    private mutating func element(_ outer: [String: String], depth: Int) throws(Malformed) -> XMLElement {
        guard depth < Self.maxDepth else { throw self.malformed("nested deeper than \(Self.maxDepth)") }
        self.elements += 1
        guard self.elements <= Self.maxElements else { throw self.malformed("more than \(Self.maxElements) elements") }
        guard self.take("<") else { throw self.malformed("an element is expected") }
        let tag = try self.name()
        var attributes: [String: String] = [:]
        var prefixes = outer
        while true {
            let spaced = self.skipSpace()
            if self.starts(with: ">") || self.starts(with: "/>") { break }
            guard spaced else { throw self.malformed("white space is expected") }
            let name = try self.name()
            _ = self.skipSpace()
            guard self.take("=") else { throw self.malformed("'=' is expected") }
            _ = self.skipSpace()
            let value = try self.quoted()
            if name == "xmlns" {
                prefixes[""] = value
            } else if name.hasPrefix("xmlns:") {
                prefixes[String(name.dropFirst(6))] = value
            } else {
                guard attributes.updateValue(value, forKey: name) == nil else { throw self.malformed("the attribute \(name) is there twice") }
            }
            guard attributes.count <= Self.maxAttributes, prefixes.count <= Self.maxAttributes else { throw self.malformed("too many attributes") }
        }
        let (namespace, local) = try self.resolve(tag, prefixes)
        var element = XMLElement(local, namespace: namespace, attributes: attributes)
        if self.take("/>") { return element }
        guard self.take(">") else { throw self.malformed("'>' is expected") }
        var text: [UInt8] = []
        while true {
            guard self.at < self.bytes.count else { throw self.malformed("\(tag) is not closed") }
            if self.take("</") {
                guard try self.name() == tag else { throw self.malformed("\(tag) is closed by another name") }
                _ = self.skipSpace()
                guard self.take(">") else { throw self.malformed("'>' is expected") }
                break
            } else if self.take("<![CDATA[") {
                text += try self.until("]]>")
            } else if self.take("<!--") {
                _ = try self.until("-->")
            } else if self.take("<?") {
                _ = try self.until("?>")
            } else if self.starts(with: "<!") {
                throw self.malformed("a declaration is not allowed here")
            } else if self.starts(with: "<") {
                element.children.append(try self.element(prefixes, depth: depth + 1))
            } else if self.bytes[self.at] == UInt8(ascii: "&") {
                text += try self.reference()
            } else {
                text.append(self.bytes[self.at])
                self.at += 1
            }
        }
        guard let decoded = String(validating: text, as: UTF8.self) else { throw self.malformed("the text is not UTF-8") }
        element.text = Self.trimmed(decoded)
        return element
    }

    private func resolve(_ tag: String, _ prefixes: [String: String]) throws(Malformed) -> (namespace: String, local: String) {
        guard let colon = tag.firstIndex(of: ":") else { return (prefixes[""] ?? "", tag) }
        guard let namespace = prefixes[String(tag[..<colon])] else { throw self.malformed("the prefix of \(tag) is not declared") }
        return (namespace, String(tag[tag.index(after: colon)...]))
    }

    // MARK: Parts

    private mutating func name() throws(Malformed) -> String {
        let start = self.at
        while self.at < self.bytes.count {
            let byte = self.bytes[self.at]
            let isFirst = self.at == start
            let isLetter = (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
            let isOther = (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
            guard isLetter || (!isFirst && isOther) else { break }
            self.at += 1
        }
        guard self.at > start, self.at - start <= 1_024, let name = String(validating: self.bytes[start..<self.at], as: UTF8.self) else {
            throw self.malformed("a name is expected")
        }
        return name
    }

    private mutating func quoted() throws(Malformed) -> String {
        guard self.at < self.bytes.count, self.bytes[self.at] == UInt8(ascii: "\"") || self.bytes[self.at] == UInt8(ascii: "'") else {
            throw self.malformed("a quoted value is expected")
        }
        let quote = self.bytes[self.at]
        self.at += 1
        var value: [UInt8] = []
        while self.at < self.bytes.count, self.bytes[self.at] != quote {
            if self.bytes[self.at] == UInt8(ascii: "<") { throw self.malformed("'<' in a value") }
            if self.bytes[self.at] == UInt8(ascii: "&") {
                value += try self.reference()
            } else {
                value.append(self.bytes[self.at])
                self.at += 1
            }
        }
        guard self.at < self.bytes.count, let text = String(validating: value, as: UTF8.self) else { throw self.malformed("a value is not closed") }
        self.at += 1
        return text
    }

    private mutating func reference() throws(Malformed) -> [UInt8] {
        guard let end = self.bytes[self.at...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else { throw self.malformed("'&' begins no reference") }
        let name = String(decoding: self.bytes[(self.at + 1)..<end], as: UTF8.self)
        let scalar: Unicode.Scalar?
        switch name {
        case "amp": scalar = "&"
        case "lt": scalar = "<"
        case "gt": scalar = ">"
        case "quot": scalar = "\""
        case "apos": scalar = "'"
        default:
            if name.hasPrefix("#x") {
                scalar = UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
            } else if name.hasPrefix("#") {
                scalar = UInt32(name.dropFirst(1)).flatMap(Unicode.Scalar.init)
            } else {
                scalar = nil
            }
        }
        guard let scalar, scalar.value >= 0x20 || scalar == "\t" || scalar == "\n" || scalar == "\r" else {
            throw self.malformed("the reference &\(name); is not allowed")
        }
        self.at = end + 1
        return Array(String(Character(scalar)).utf8)
    }

    private mutating func until(_ mark: String) throws(Malformed) -> [UInt8] {
        let start = self.at
        while self.at < self.bytes.count {
            if self.take(mark) { return Array(self.bytes[start..<(self.at - mark.utf8.count)]) }
            self.at += 1
        }
        throw self.malformed("'\(mark)' is missing")
    }

    /// The declaration, comments, processing instructions and white space around the document.
    private mutating func skipMisc() throws(Malformed) {
        while true {
            _ = self.skipSpace()
            if self.take("<!--") {
                _ = try self.until("-->")
            } else if self.take("<?") {
                _ = try self.until("?>")
            } else if self.starts(with: "<!") {
                throw self.malformed("a document type is not allowed")
            } else {
                return
            }
        }
    }

    private mutating func skipSpace() -> Bool {
        let start = self.at
        while self.at < self.bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(self.bytes[self.at]) { self.at += 1 }
        return self.at > start
    }

    private func starts(with text: String) -> Bool { self.bytes[self.at...].starts(with: text.utf8) }

    private mutating func take(_ text: String) -> Bool {
        guard self.starts(with: text) else { return false }
        self.at += text.utf8.count
        return true
    }

    private static func trimmed(_ text: String) -> String {
        let isSpace = { (scalar: Unicode.Scalar) in scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" }
        let scalars = text.unicodeScalars.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        return String(String.UnicodeScalarView(scalars))
    }

    private func malformed(_ reason: String) -> Malformed { Malformed(reason: reason, offset: self.at) }
}
