package import IntentModel

/// The files of the packages an intent changes, as they wait in Redis for being published: JSON, package path → files.
///
/// They are the largest thing an intent carries, and YAML is full of line ends and quotes. Written and read by hand they cost a tenth of what
/// coders take; what the reader does not know at sight is left to the decoder.
package enum RenderedFiles {
    package static func encode(_ files: [String: [PackageFile]]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(files.values.reduce(64) { $0 + $1.reduce(64) { $0 + $1.path.utf8.count + $1.content.utf8.count * 9 / 8 + 32 } })
        out.append(UInt8(ascii: "{"))
        for (index, package) in files.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.appendJSON(package.key)
            out += ":[".utf8
            for (index, file) in package.value.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                out += #"{"content":"#.utf8
                out.appendJSON(file.content)
                out += #","path":"#.utf8
                out.appendJSON(file.path)
                out.append(UInt8(ascii: "}"))
            }
            out.append(UInt8(ascii: "]"))
        }
        out.append(UInt8(ascii: "}"))
        return out
    }

    package static func decode(_ bytes: [UInt8]) throws -> [String: [PackageFile]] {
        if let files = bytes.withUnsafeBufferPointer({ Reader(bytes: $0).files() }) { return files }
        return try LedgerJSON.decode([String: [PackageFile]].self, bytes)
    }

    /// Reads exactly what `encode` writes; nil for everything else.
    private struct Reader {
        let bytes: UnsafeBufferPointer<UInt8>
        var position = 0

        init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

        consuming func files() -> [String: [PackageFile]]? {
            var reader = self
            var files: [String: [PackageFile]] = [:]
            guard reader.take("{") else { return nil }
            if reader.take("}") { return reader.position == reader.bytes.count ? files : nil }
            repeat {
                guard let path = reader.string(), files[path] == nil, reader.take(":["), let list = reader.list() else { return nil }
                files[path] = list
            } while reader.take(",")
            return reader.take("}") && reader.position == reader.bytes.count ? files : nil
        }

        private mutating func list() -> [PackageFile]? {
            var list: [PackageFile] = []
            if self.take("]") { return list }
            repeat {
                guard self.take(#"{"content":"#), let content = self.string(), self.take(#","path":"#), let path = self.string(), self.take("}") else {
                    return nil
                }
                list.append(PackageFile(path: path, content: content))
            } while self.take(",")
            return self.take("]") ? list : nil
        }

        private mutating func take(_ text: StaticString) -> Bool {
            let count = text.utf8CodeUnitCount
            guard self.bytes.count - self.position >= count else { return false }
            for offset in 0..<count where self.bytes[self.position + offset] != text.utf8Start[offset] { return false }
            self.position += count
            return true
        }

        /// A string without `\u` escapes. The bytes before its end are looked at once, and copied once.
        private mutating func string() -> String? {
            guard self.take("\"") else { return nil }
            let start = self.position
            var escapes = 0
            var end = start
            while true {
                guard end < self.bytes.count else { return nil }
                let byte = self.bytes[end]
                if byte == UInt8(ascii: "\"") { break }
                guard byte >= 0x20 else { return nil }
                if byte == UInt8(ascii: "\\") {
                    escapes += 1
                    end += 1
                }
                end += 1
            }
            self.position = end + 1
            let raw = UnsafeBufferPointer(rebasing: self.bytes[start..<end])
            guard escapes > 0 else { return String(validating: raw, as: UTF8.self) }
            var isPlain = true
            var unescaped = [UInt8](unsafeUninitializedCapacity: raw.count) { buffer, count in
                var index = 0
                while index < raw.count {
                    var byte = raw[index]
                    if byte == UInt8(ascii: "\\") {
                        index += 1
                        switch raw[index] {
                        case UInt8(ascii: "n"): byte = UInt8(ascii: "\n")
                        case UInt8(ascii: "r"): byte = UInt8(ascii: "\r")
                        case UInt8(ascii: "t"): byte = UInt8(ascii: "\t")
                        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte = raw[index]
                        default: isPlain = false
                        }
                    }
                    buffer[count] = byte
                    count += 1
                    index += 1
                }
            }
            guard isPlain else { return nil }
            return unescaped.withUnsafeMutableBufferPointer { String(validating: $0, as: UTF8.self) }
        }
    }
}
