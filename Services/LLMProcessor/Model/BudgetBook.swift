/// What a day's budget has left, as far as this process knows. Pure; in billionths of a dollar.
struct BudgetBook: Sendable {
    private(set) var day = 0
    /// Spent and set aside today, by all who share the budget as of the last time they were asked.
    private(set) var spent: Int64 = 0
    /// Of this process, not yet told to the others.
    private(set) var unshared: Int64 = 0

    mutating func begin(_ day: Int) {
        guard day != self.day else { return }
        self = BudgetBook()
        self.day = day
    }

    func allows(_ amount: Int64, limit: Int64) -> Bool { self.spent + amount <= limit }

    /// Nobody could be asked: counted here, told later.
    mutating func addAlone(_ amount: Int64, on day: Int) {
        guard day == self.day else { return }
        self.spent += amount
        self.unshared += amount
    }

    mutating func takeUnshared() -> Int64 {
        defer { self.unshared = 0 }
        return self.unshared
    }

    mutating func putBack(_ amount: Int64, on day: Int) { if day == self.day { self.unshared += amount } }

    /// The total as the others have it.
    mutating func learn(_ total: Int64, on day: Int) { if day == self.day { self.spent = total + self.unshared } }
}
