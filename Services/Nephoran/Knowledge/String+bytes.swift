extension String {
    /// The first characters that fit into so many bytes.
    func beginning(bytes limit: Int) -> String {
        var text = self[...]
        while text.utf8.count > limit { text = text.prefix(max(0, min(text.count - 1, limit))) }
        return String(text)
    }

    /// The last characters that fit into so many bytes.
    func ending(bytes limit: Int) -> String {
        var text = self[...]
        while text.utf8.count > limit { text = text.suffix(max(0, min(text.count - 1, limit))) }
        return String(text)
    }
}
