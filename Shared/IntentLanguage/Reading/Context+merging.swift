import IntentModel

extension Context {
    func place(_ kind: PlaceKind) -> String? {
        switch kind {
        case .namespace: self.namespace
        case .cluster: self.cluster
        case .region: self.region
        case .site: self.site
        case .zone: self.zone
        case .tenant: self.tenant
        }
    }

    mutating func addQuality(_ quality: String) {
        if self.qualities?.contains(quality) != true { self.qualities = (self.qualities ?? []) + [quality] }
    }

    mutating func addDependency(_ name: String) {
        if self.depends?.contains(name) != true { self.depends = (self.depends ?? []) + [name] }
    }

    func hasSamePlace(as other: Context) -> Bool {
        self.namespace == other.namespace && self.cluster == other.cluster && self.region == other.region && self.site == other.site && self.zone == other.zone
            && self.slice == other.slice && self.cell == other.cell
    }

    var hasPlace: Bool { self.namespace != nil || self.cluster != nil || self.region != nil || self.site != nil || self.zone != nil }

    mutating func mergePlace(_ other: Context) {
        self.namespace = self.namespace ?? other.namespace
        self.cluster = self.cluster ?? other.cluster
        self.region = self.region ?? other.region
        self.site = self.site ?? other.site
        self.zone = self.zone ?? other.zone
        self.tenant = self.tenant ?? other.tenant
        self.environment = self.environment ?? other.environment
    }

    mutating func merge(_ other: Context) {
        self.mergePlace(other)
        self.slice = self.slice ?? other.slice
        self.plmn = self.plmn ?? other.plmn
        self.dnn = self.dnn ?? other.dnn
        self.tac = self.tac ?? other.tac
        self.cell = self.cell ?? other.cell
        self.gnb = self.gnb ?? other.gnb
        self.ue = self.ue ?? other.ue
        self.use = self.use ?? other.use
        self.window = self.window ?? other.window
        self.urgency = self.urgency ?? other.urgency
        self.from = self.from ?? other.from
        for quality in other.qualities ?? [] { self.addQuality(quality) }
        for name in other.depends ?? [] { self.addDependency(name) }
    }
}
