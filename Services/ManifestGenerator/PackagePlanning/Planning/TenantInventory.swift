package import AccessControl
package import IntentModel

/// What is published as one tenant sees it: what it may not touch is not there.
package struct TenantInventory: InventorySource {
    private let all: any InventorySource
    private let tenant: String
    private let access: AccessPolicy

    package init(all: any InventorySource, tenant: String, access: AccessPolicy) {
        self.all = all
        self.tenant = tenant
        self.access = access
    }

    package var whole: any InventorySource { self.all }

    private func isThere(_ path: String) -> Bool { self.access.refusal(of: self.tenant, package: path) == nil }

    package func items(function: String?, instance: String?, namespace: String?, cluster: String?) async throws -> [InventoryItem] {
        try await self.all.items(function: function, instance: instance, namespace: namespace, cluster: cluster).filter { self.isThere($0.path) }
    }

    package func files(path: String, revision: String?) async throws -> (tree: String, files: [PackageFile])? {
        self.isThere(path) ? try await self.all.files(path: path, revision: revision) : nil
    }

    package func lastPublished(path: String) async throws -> (tree: String, files: [PackageFile])? {
        self.isThere(path) ? try await self.all.lastPublished(path: path) : nil
    }

    package func revisions(path: String) async throws -> [String] { self.isThere(path) ? try await self.all.revisions(path: path) : [] }
}
