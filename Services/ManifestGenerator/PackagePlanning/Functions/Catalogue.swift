import Foundation

/// Everything the generator knows about functions, cores and slices; data, read once at start.
package struct Catalogue: Sendable {
    /// By canonical code.
    package let functions: [String: FunctionEntry]
    /// Functions of a core network in the order they depend on each other, by its code.
    package let cores: [String: [String]]
    package let slices: [String: SliceEntry]
    package let rules: SizingRules
    /// What may be asked for, by attribute, where an entry says nothing else.
    package let ranges: [String: AllowedValues]
    package let approval: ApprovalPolicy

    /// Reads `functions/*.yaml`, `core.yaml`, `slices.yaml`, `sizing.yaml`, `ranges.yaml` and `approval-policy.yaml`, then the
    /// entries of the operator's own directory, which add to or replace those of the same code.
    /// Throws what is wrong, and where.
    package static func load(directory: String, extensions: String? = nil) throws(CatalogueError) -> Catalogue {
        var functions = try self.functions(in: "\(directory)/functions")
        if let extensions { functions.merge(try self.functions(in: extensions)) { $1 } }
        for entry in functions.values.sorted(by: { $0.code < $1.code }) {
            for peer in entry.peers ?? [] where functions[peer] == nil {
                throw CatalogueError(place: "\(entry.name): peers", problem: "'\(peer)' is no function of the catalogue")
            }
            for other in entry.dependencies where functions[other] == nil {
                throw CatalogueError(place: "\(entry.name): dependsOn", problem: "'\(other)' is no function of the catalogue")
            }
        }
        try self.checkDependencies(of: functions)
        let ranges = try AllowedValues.table(try CatalogueReader(file: "\(directory)/ranges.yaml"))
        for code in functions.keys { functions[code]?.ranges.merge(ranges) { own, _ in own } }
        guard functions[FunctionEntry.customCode] != nil else { throw CatalogueError(place: "\(directory)/functions", problem: "no entry Custom") }

        var cores: [String: [String]] = [:]
        for core in try CatalogueReader(file: "\(directory)/core.yaml").members() {
            let codes = try core.value.texts()
            for code in codes where functions[code] == nil { throw core.value.fault("'\(code)' is no function of the catalogue") }
            cores[core.key] = codes
        }
        var slices: [String: SliceEntry] = [:]
        for slice in try CatalogueReader(file: "\(directory)/slices.yaml").members() {
            let entry = try SliceEntry(type: slice.key, slice.value)
            for code in entry.functions where functions[code] == nil { throw slice.value.fault("'\(code)' is no function of the catalogue") }
            slices[slice.key] = entry
        }
        return Catalogue(
            functions: functions,
            cores: cores,
            slices: slices,
            rules: try SizingRules(try CatalogueReader(file: "\(directory)/sizing.yaml")),
            ranges: ranges,
            approval: try ApprovalPolicy(try CatalogueReader(file: "\(directory)/approval-policy.yaml"))
        )
    }

    /// Throws where functions depend on each other in a circle.
    private static func checkDependencies(of functions: [String: FunctionEntry]) throws(CatalogueError) {
        var open = Set(functions.keys)
        while !open.isEmpty {
            let ready = open.filter { code in functions[code]?.dependencies.allSatisfy { !open.contains($0) } ?? true }
            guard !ready.isEmpty else { throw CatalogueError(place: "dependsOn", problem: "\(open.sorted().joined(separator: ", ")) wait for each other") }
            open.subtract(ready)
        }
    }

    /// Where the catalogue that is part of the program lies.
    package static var bundledDirectory: String { "\(Bundle.module.bundlePath)/Catalogue" }

    /// The catalogue that is part of the program.
    package static func bundled(extensions: String? = nil) throws(CatalogueError) -> Catalogue {
        try self.load(directory: self.bundledDirectory, extensions: extensions)
    }

    private static func functions(in directory: String) throws(CatalogueError) -> [String: FunctionEntry] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".yaml") }.sorted()
        } catch {
            throw CatalogueError(place: directory, problem: "cannot be listed")
        }
        var functions: [String: FunctionEntry] = [:]
        for name in names {
            let entry = try FunctionEntry(try CatalogueReader(file: "\(directory)/\(name)"))
            guard functions.updateValue(entry, forKey: entry.code) == nil else {
                throw CatalogueError(place: "\(name): code", problem: "'\(entry.code)' occurs twice")
            }
        }
        return functions
    }
}

extension FunctionEntry {
    /// The entry of everything the catalogue has no code for.
    package static let customCode = "Custom"
    /// The package of a slice itself: its S-NSSAI and service profile, without a workload.
    package static let sliceCode = "NetworkSlice"
    /// The package of a policy that no RAN controller takes.
    package static let policyCode = "Policy"
}
