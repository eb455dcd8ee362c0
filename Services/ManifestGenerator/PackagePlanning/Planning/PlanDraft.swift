import GitObjects
import IntentModel

/// The packages and policies of a plan while it is made. Later expectations of an intent see what earlier ones did.
struct PlanDraft {
    struct Package {
        var identity: PackageIdentity
        /// What is published; nil when there is nothing.
        var base: (tree: String, files: [PackageFile])?
        /// What is to be published; nil when it is to go.
        var files: [PackageFile]?
        /// How it runs before and after; nil where nothing runs, or is not known.
        var states: (before: WorkloadState?, after: WorkloadState?) = (nil, nil)
        /// What it takes afterwards; nil where nothing runs.
        var resources: ResourcePlan?
        var expectations: [String] = []
        var figures: [Figure] = []

        var change: PackageChange.Change {
            switch (self.base, self.files) {
            case (nil, nil): .none
            case (nil, _?): .create
            case (_?, nil): .delete
            case (let base?, let files?): base.files == files ? .none : .update
            }
        }
    }

    private(set) var packages: [Package] = []
    var policies: [PolicyChange] = []
    var notes: [String] = []
    var approvalReasons: [String] = []
    var window: TimeWindow?
    var answer: Answer?

    var changesAnything: Bool { self.packages.contains { $0.change != .none } || self.policies.contains { $0.change == .put || $0.change == .delete } }

    func package(at path: String) -> Package? { self.packages.first { $0.identity.path == path } }

    /// Adds or replaces a package, keeping the order of first mention.
    mutating func put(_ package: Package) {
        if let index = self.packages.firstIndex(where: { $0.identity.path == package.identity.path }) {
            self.packages[index] = package
        } else {
            self.packages.append(package)
        }
    }

    /// Puts what a package depends on, by codes, before it where it is in the same namespace; else the order stays.
    mutating func order(by dependencies: (String) -> [String]) {
        guard self.packages.count > 1 else { return }
        var ordered: [Package] = []
        var placed: Set<String> = []
        func place(_ package: Package) {
            guard placed.insert(package.identity.path).inserted else { return }
            for code in dependencies(package.identity.function) {
                for other in self.packages
                where other.identity.function == code && other.identity.namespace == package.identity.namespace
                    && other.identity.cluster == package.identity.cluster
                { place(other) }
            }
            ordered.append(package)
        }
        self.packages.forEach(place)
        self.packages = ordered
    }

    mutating func note(_ text: String) { if !self.notes.contains(text) { self.notes.append(text) } }
    mutating func approve(_ reason: String) { if !self.approvalReasons.contains(reason) { self.approvalReasons.append(reason) } }

    /// The finished plan and the complete files of what it creates or updates.
    func outcome() -> PlanOutcome {
        var files: [String: [PackageFile]] = [:]
        var notes = self.notes
        let changes = self.packages.map { package -> PackageChange in
            let change = package.change
            let path = package.identity.path
            if change == .create || change == .update { files[path] = package.files }
            if change == .none { notes.append("\(package.identity.instance) in \(package.identity.namespace) is already as asked; nothing changes.") }
            return PackageChange(
                instance: package.identity.instance, path: path, function: package.identity.function, cluster: package.identity.cluster,
                namespace: package.identity.namespace, change: change, base: package.base?.tree,
                result: change == .none ? package.base?.tree : package.files.map { GitTree.id(of: $0) },
                expectations: package.expectations, figures: package.figures, resources: package.files == nil ? nil : package.resources
            )
        }
        let plan = Plan(
            packages: changes, policies: self.policies, approvalReasons: self.approvalReasons, notes: notes, window: self.window, answer: self.answer)
        return .plan(plan, files: files)
    }
}
