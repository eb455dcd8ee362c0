import IntentModel

/// What a package may hold, checked before anything of it reaches git.
enum PackageContent {
    static let maxFiles = 256
    static let maxFileBytes = 1 << 20
    static let maxBytes = 4 << 20
    static let maxDepth = 8

    /// Why `files` cannot be a package, for people; nil when they can.
    static func objection(to files: [PackageFile]) -> String? {
        guard !files.isEmpty else { return "a package needs at least one file" }
        guard files.count <= Self.maxFiles else { return "a package has at most \(Self.maxFiles) files" }
        var bytes = 0
        var names: Set<Substring> = []
        var directories: Set<Substring> = []
        for file in files {
            guard Self.isPath(file.path) else {
                let shown = String(file.path.unicodeScalars.prefix(120).map { (" "..."~").contains($0) ? Character($0) : "?" })
                return "\"\(shown)\" is not a file name of a package"
            }
            guard names.insert(file.path[...]).inserted else { return "\(file.path) occurs twice" }
            guard file.content.utf8.count <= Self.maxFileBytes else { return "\(file.path) is larger than \(Self.maxFileBytes) bytes" }
            bytes += file.content.utf8.count
            var directory = file.path[...]
            while let slash = directory.lastIndex(of: "/") {
                directory = directory[..<slash]
                directories.insert(directory)
            }
        }
        guard bytes <= Self.maxBytes else { return "a package is at most \(Self.maxBytes) bytes" }
        if let both = names.intersection(directories).min() { return "\(both) is both a file and a directory" }
        return nil
    }

    /// Names of `[A-Za-z0-9._-]` joined by `/`; no `.`, no `..`, no `.git` in any case.
    static func isPath(_ path: String) -> Bool {
        guard path.utf8.count <= 1_024 else { return false }
        let names = path.split(separator: "/", omittingEmptySubsequences: false)
        return names.count <= Self.maxDepth
            && names.allSatisfy { name in
                !name.isEmpty && name.utf8.count <= 255 && name != "." && name != ".." && name.lowercased() != ".git"
                    && name.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                            true
                        default: false
                        }
                    }
            }
    }
}
