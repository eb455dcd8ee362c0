/// A secret that may be in the course of being replaced: several of them in one text, of which the first is shown or signs and all are believed.
package enum SecretWords {
    /// More at once are no replacement.
    package static let most = 4

    /// The secrets in `text`, separated by white space; a text of which not every word is long enough to be one is one secret, as it is.
    ///
    /// - Parameter least: characters of a secret.
    package static func of(_ text: String, least: Int) -> [String] {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        return (2...self.most).contains(words.count) && words.allSatisfy { $0.utf8.count >= least } ? words : [text]
    }
}
