/// Name of a managed object within its element, TS 32.300: `ManagedElement=1,GNBDUFunction=1,NRCellDU=5`. A comma, an equals sign or a
/// backslash of an identifier has a backslash before it.
package struct DistinguishedName: Sendable, Hashable, CustomStringConvertible {
    package struct Part: Sendable, Hashable {
        package let managedClass: String
        package let id: String
    }

    package var parts: [Part]

    package init(_ parts: [Part]) { self.parts = parts }

    /// Nil for what is no such name.
    package init?(_ text: String) {
        guard text.utf8.count <= 2_048 else { return nil }
        var parts: [Part] = []
        var (name, id): (String?, String) = (nil, "")
        var isEscaped = false
        func close() -> Bool {
            guard let name, !name.isEmpty, !id.isEmpty else { return false }
            parts.append(Part(managedClass: name, id: id))
            return true
        }
        for character in text {
            if isEscaped {
                id.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "=", name == nil {
                (name, id) = (id, "")
            } else if character == "," {
                guard close() else { return nil }
                (name, id) = (nil, "")
            } else if character == "=" {
                return nil
            } else {
                id.append(character)
            }
        }
        guard !isEscaped, close() else { return nil }
        self.parts = parts
    }

    package var description: String {
        self.parts.map { part in
            let id = part.id.reduce(into: "") { text, character in
                if character == "\\" || character == "," || character == "=" { text.append("\\") }
                text.append(character)
            }
            return "\(part.managedClass)=\(id)"
        }.joined(separator: ",")
    }
}
