enum SearchMode: String, Codable, Sendable, CaseIterable { case hybrid, keyword, vector }
