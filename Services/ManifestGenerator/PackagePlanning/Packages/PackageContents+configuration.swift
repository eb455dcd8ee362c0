extension PackageContents {
    /// The text of one of the function's own configuration files; nil where there is none.
    mutating func configuration(_ file: String, of identity: PackageIdentity) throws(Unreadable) -> String? {
        try self.configMap(of: identity).flatMap { self[$0][["data", file]]?.string }
    }

    /// Other texts of configuration files that are there, which roll the pods.
    mutating func write(configuration texts: [(file: String, text: String)], objects: PackageObjects) throws(Unreadable) {
        guard !texts.isEmpty, let location = try self.configMap(of: objects.identity) else { return }
        var object = self[location]
        for (file, text) in texts { object[["data", file]] = .text(text) }
        self.replace(location, with: object)
        guard let place = try self.workload(of: objects.identity) else { return }
        var workload = self[place]
        try self.follow(configurationOf: objects, in: &workload)
        self.replace(place, with: workload)
    }
}
