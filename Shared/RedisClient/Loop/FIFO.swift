/// A queue in one array: the head moves forward, and the space behind it is reclaimed now and then.
struct FIFO<Element> {
    /// Nil before the head, so that what was taken out is not kept alive.
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { self.elements.count - self.head }
    var isEmpty: Bool { self.head == self.elements.count }
    var first: Element? { self.isEmpty ? nil : self.elements[self.head] }
    var live: some Sequence<Element> { self.elements[self.head...].lazy.compactMap { $0 } }

    mutating func append(_ element: Element) { self.elements.append(element) }

    mutating func popFirst() -> Element? {
        guard !self.isEmpty else { return nil }
        let element = self.elements[self.head].take()
        self.head += 1
        if self.head == self.elements.count {
            self.elements.removeAll(keepingCapacity: self.elements.capacity <= 4096)
            self.head = 0
        } else if self.head >= 256, self.head * 2 >= self.elements.count {
            self.elements.removeSubrange(..<self.head)
            self.head = 0
        }
        return element
    }

    mutating func prepend(contentsOf other: [Element]) {
        self.elements.replaceSubrange(..<self.head, with: other.lazy.map { $0 })
        self.head = 0
    }

    mutating func removeAll() -> [Element] {
        let all = Array(self.live)
        self.elements = []
        self.head = 0
        return all
    }

    /// Takes out, in order, what `condition` holds for.
    mutating func removeAll(where condition: (Element) -> Bool) -> [Element] {
        let removed = self.live.filter(condition)
        if !removed.isEmpty {
            self.elements = self.live.filter { !condition($0) }
            self.head = 0
        }
        return removed
    }

    /// Changes every element in place, from the first to the last.
    mutating func forEach(_ change: (inout Element) -> Void) {
        for index in self.head..<self.elements.count {
            if var element = self.elements[index].take() {
                change(&element)
                self.elements[index] = element
            }
        }
    }

    /// Changes the first element in place; nil when there is none.
    mutating func changeFirst<T>(_ change: (inout Element) -> T) -> T? {
        guard !self.isEmpty, var element = self.elements[self.head].take() else { return nil }
        defer { self.elements[self.head] = element }
        return change(&element)
    }
}
