package import IntentModel

/// Files by the id of their tree: never stale. Bounded by bytes; the oldest go first.
package struct PackageFileCache: Sendable {
    private var files: [ObjectID: (files: [PackageFile], bytes: Int)] = [:]
    private var order: [ObjectID] = []
    private var dropped = 0
    package private(set) var bytes = 0
    package let limit: Int

    package init(limit: Int = 32 << 20) { self.limit = limit }

    package subscript(tree: ObjectID) -> [PackageFile]? { self.files[tree]?.files }

    package mutating func insert(_ files: [PackageFile], tree: ObjectID) {
        let size = files.reduce(256) { $0 + $1.path.utf8.count + $1.content.utf8.count + 64 }
        guard self.files[tree] == nil, size <= self.limit / 4 else { return }
        self.files[tree] = (files, size)
        self.order.append(tree)
        self.bytes += size
        while self.bytes > self.limit {
            let oldest = self.order[self.dropped]
            self.dropped += 1
            if let removed = self.files.removeValue(forKey: oldest) { self.bytes -= removed.bytes }
        }
        if self.dropped > 1_024 {
            self.order.removeFirst(self.dropped)
            self.dropped = 0
        }
    }
}
