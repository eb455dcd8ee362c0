import Yams

extension Glossary {
    /// Reads `verbs` and `words` of a language file: a phrase of the vocabulary, and what it is called in the language. `drop` lists
    /// words without a meaning of their own. Throws a ``VocabularyError`` with file, line and reason.
    mutating func read(_ file: VocabularyFile, _ tokenizer: Tokenizer, known: (String) -> Bool) throws {
        for section in ["verbs", "words"] where file.root.mapping?[section] != nil {
            for (english, at, phrases) in try file.groups(file.member(section)) {
                let words = Lexicon.words(english)
                guard known(english) else { throw file.fail(at, "'\(english)' is no phrase of the vocabulary") }
                for phrase in phrases {
                    let parts = phrase.split(separator: "…").map { Self.words(String($0), tokenizer) }
                    guard let first = parts.first, !first.isEmpty, parts.count <= 2 else { throw file.fail(at, "'\(phrase)' is no phrase") }
                    let entry = Entry(words: words, isVerb: section == "verbs", particle: parts.count == 2 ? parts[1] : [])
                    guard self.add(first, entry) else { throw file.fail(at, "'\(phrase)' stands for something else already") }
                }
            }
        }
        if file.root.mapping?["drop"] != nil {
            for phrase in try file.phrases("drop") {
                guard self.add(Self.words(phrase, tokenizer), Entry(words: [])) else {
                    throw file.fail(file.root, "'\(phrase)' stands for something else already")
                }
            }
        }
    }

    /// `variants`: other ways of writing a word, read after everything else.
    mutating func readVariants(_ file: VocabularyFile) throws {
        guard let node = file.root.mapping?["variants"] else { return }
        guard let variants = node.mapping else { throw file.fail(node, "a mapping was expected") }
        for (word, variant) in variants {
            guard let known = word.scalar?.string, let written = variant.scalar?.string, self.addVariant(written, of: known) else {
                throw file.fail(word, "'\(word.scalar?.string ?? "")' has no such variant")
            }
        }
    }

    private static func words(_ phrase: String, _ tokenizer: Tokenizer) -> [String] {
        tokenizer.tokens(of: phrase).tokens.filter { $0.kind == .word }.map(\.word)
    }
}
