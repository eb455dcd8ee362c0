import IntentModel

/// What changed between two sets of files, as unified diffs with three lines around each change.
enum FileDiff {
    private static let context = 3

    static func lines(from old: [PackageFile], to new: [PackageFile]) -> [String] {
        let paths = Set(old.map(\.path)).union(new.map(\.path)).sorted()
        return paths.flatMap { path -> [String] in
            let before = old.first { $0.path == path }?.content
            let after = new.first { $0.path == path }?.content
            guard before != after else { return [] }
            let hunks = self.hunks(self.split(before ?? ""), self.split(after ?? ""))
            return ["--- \(before == nil ? "/dev/null" : "a/\(path)")", "+++ \(after == nil ? "/dev/null" : "b/\(path)")"] + hunks
        }
    }

    private static func split(_ text: String) -> [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// One line of both texts together: in both, gone, or new.
    private struct Line {
        var mark: Character
        var text: Substring
    }

    private static func merged(_ old: [Substring], _ new: [Substring]) -> [Line] {
        let difference = new.difference(from: old)
        var removed: Set<Int> = [], inserted: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var lines: [Line] = []
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            if i < old.count, removed.contains(i) {
                lines.append(Line(mark: "-", text: old[i]))
                i += 1
            } else if j < new.count, inserted.contains(j) {
                lines.append(Line(mark: "+", text: new[j]))
                j += 1
            } else if j < new.count {
                lines.append(Line(mark: " ", text: new[j]))
                i += 1
                j += 1
            } else {
                break
            }
        }
        return lines
    }

    private static func hunks(_ old: [Substring], _ new: [Substring]) -> [String] {
        let lines = self.merged(old, new)
        var shown = [Bool](repeating: false, count: lines.count)
        for index in lines.indices where lines[index].mark != " " {
            for near in max(0, index - self.context)..<min(lines.count, index + self.context + 1) { shown[near] = true }
        }
        var result: [String] = []
        var (oldLine, newLine) = (1, 1)
        var index = 0
        while index < lines.count {
            guard shown[index] else {
                if lines[index].mark != "+" { oldLine += 1 }
                if lines[index].mark != "-" { newLine += 1 }
                index += 1
                continue
            }
            let end = lines[index...].indices.first { !shown[$0] } ?? lines.count
            let hunk = lines[index..<end]
            let (gone, come) = (hunk.count { $0.mark != "+" }, hunk.count { $0.mark != "-" })
            result.append("@@ -\(gone == 0 ? oldLine - 1 : oldLine),\(gone) +\(come == 0 ? newLine - 1 : newLine),\(come) @@")
            result += hunk.map { "\($0.mark)\($0.text)" }
            oldLine += gone
            newLine += come
            index = end
        }
        return result
    }
}
