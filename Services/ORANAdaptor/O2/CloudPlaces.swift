import JSONSchema

/// What the places of an O-Cloud are called: its global locations, the sites at them, and the resource pools of the sites.
struct CloudPlaces: Sendable {
    private var namesByLocation: [String: [String]] = [:]

    /// - Parameters: the lists as the inventory has them; of v1, where pools name their location themselves, the first two are empty.
    init(locations: [JSONValue], sites: [JSONValue], pools: [JSONValue]) {
        var locationOfSite: [String: String] = [:]
        for location in locations { self.add(location["name"], at: location["globalLocationId"]) }
        for site in sites {
            if let id = site["oCloudSiteId"]?.string, let location = site["globalLocationId"]?.string { locationOfSite[id] = location }
            self.add(site["name"], at: site["globalLocationId"])
        }
        for pool in pools {
            self.add(pool["name"], at: pool["location"] ?? pool["oCloudSiteId"]?.string.flatMap { locationOfSite[$0] }.map { .string($0) })
        }
    }

    private mutating func add(_ name: JSONValue?, at location: JSONValue?) {
        guard let name = name?.string, let location = location?.string, !name.isEmpty else { return }
        self.namesByLocation[location, default: []].append(name)
    }

    /// The locations with everything they are called, each once.
    func names(at locations: [String]) -> [String] {
        var seen: Set<String> = []
        return locations.flatMap { [$0] + (self.namesByLocation[$0] ?? []) }.filter { seen.insert($0.lowercased()).inserted }
    }
}
