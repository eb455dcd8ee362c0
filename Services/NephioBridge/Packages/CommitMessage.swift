import IntentModel

/// What a publication's commit says. Subject, the operator's words, the figures, and trailers that a program can trust:
/// nothing in the body can begin a line of its own that looks like one.
enum CommitMessage {
    enum Trailer: String, CaseIterable {
        case intent = "Intent-Id"
        case instance = "Nephoran-Instance"
        case revision = "Nephoran-Revision"
        case change = "Nephoran-Change"
        /// On a commit that undoes what the intent published: the intent once more.
        case reverts = "Nephoran-Reverts"
        /// The colour of the deployment that made it. The last, since those before are read by their places.
        case colour = "Nephoran-Colour"
    }

    /// `Deploy amf in core5g (v1)`; without a revision, what is before the parenthesis.
    static func subject(verb: Verb, change: PackageChange.Change, path: PackagePath, revision: Int? = nil) -> String {
        let place = path.cluster == "default" ? path.namespace : "\(path.namespace) on \(path.cluster)"
        return "\(self.word(change == .delete ? .remove : verb)) \(path.instance) in \(place)" + (revision.map { " (v\($0))" } ?? "")
    }

    /// As a sentence begins with it.
    static func word(_ verb: Verb) -> String { "\(verb.rawValue.prefix(1).uppercased())\(verb.rawValue.dropFirst())" }

    static func text(of request: PublishRequest, figures: [Figure], path: PackagePath, change: PackageChange.Change, revision: Int) -> String {
        let own = request.subject.map { self.line($0, limit: 100) } ?? ""
        var text = own.isEmpty ? self.subject(verb: request.verb, change: change, path: path, revision: revision) : "\(own) (v\(revision))"
        text += "\n\n"
        let words = self.line(request.summary, limit: 500)
        if !words.isEmpty { text += "Request: \(words)\n\n" }
        if !figures.isEmpty {
            for figure in figures.prefix(40) {
                text += "- \(self.line(figure.name, limit: 80)): \(self.line(figure.value, limit: 120)) (\(self.line(figure.reason, limit: 200)))\n"
            }
            text += "\n"
        }
        text += "\(Trailer.intent.rawValue): \(request.intentId)\n"
        text += "\(Trailer.instance.rawValue): \(path)\n"
        text += "\(Trailer.revision.rawValue): v\(revision)\n"
        text += "\(Trailer.change.rawValue): \(change.rawValue)\n"
        if let colour = request.colour { text += "\(Trailer.colour.rawValue): \(self.line(colour, limit: 63))\n" }
        if request.isReversal { text += "\(Trailer.reverts.rawValue): \(request.intentId)\n" }
        if let hash = request.planHash { text += "Plan-Hash: \(hash)\n" }
        if let requester = request.requester.flatMap({ self.person($0) }) { text += "Co-authored-by: \(requester)\n" }
        return text
    }

    /// `name <address>`; a name without an address gets one that leads nowhere (RFC 2606).
    private static func person(_ requester: Requester) -> String? {
        let name = self.line(requester.name, limit: 100).filter { $0 != "<" && $0 != ">" }.trimmed
        guard !name.isEmpty else { return nil }
        if name.contains("@"), !name.contains(" ") { return "\(name) <\(name)>" }
        func label(_ text: String) -> String { String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") ? $0 : "-" }) }
        return "\(name) <\(label(name))@\(label(requester.tenant)).invalid>"
    }

    /// One line of printable characters, at most `limit` of them.
    static func line(_ text: String, limit: Int) -> String {
        // As nearly every line is.
        if text.utf8.count <= limit, text.utf8.allSatisfy({ (UInt8(ascii: " ")...UInt8(ascii: "~")).contains($0) }) { return text.trimmed }
        var line = ""
        var length = 0
        for scalar in text.unicodeScalars {
            guard length < limit else { return line + "…" }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: line.unicodeScalars.append(" ")
            default: line.unicodeScalars.append(scalar)
            }
            length += 1
        }
        return line.trimmed
    }
}
