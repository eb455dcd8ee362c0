import GitObjects
import Kubernetes
import Logging
import ServiceRuntime

/// Makes the repositories of an installation from its settings: that of `GIT_REPO_URL`, and those of `GIT_REPOSITORIES_FILE` beside it.
struct RepositorySettings {
    static let file = SettingKey.optionalString(
        "GIT_REPOSITORIES_FILE", "YAML file of further repositories and the clusters each is for; the others' packages go to GIT_REPO_URL.")

    static let declarations = [file.declaration]

    let context: ServiceContext
    /// Where Porch is.
    let cluster: KubernetesClient?
    let passing: @Sendable (PublicationPoint) -> Void
    /// Nil unless pull requests are how packages are delivered.
    let forge: ForgeSettings.Connection?
    let signers = CommitSigners()

    init(_ context: ServiceContext, cluster: KubernetesClient?, passing: @escaping @Sendable (PublicationPoint) -> Void) throws(InvalidSetting) {
        self.context = context
        self.cluster = cluster
        self.passing = passing
        self.forge = try ForgeSettings.connection(context)
    }

    private var settings: Settings { self.context.settings }

    /// - Throws: ``InvalidSetting``.
    func repositories() throws -> DeploymentRepositories {
        let main = try self.main()
        guard let path = self.settings[Self.file] else { return DeploymentRepositories(main: main) }
        let file: RepositoriesFile
        do throws(RepositoriesFile.Unreadable) {
            file = try RepositoriesFile.read(path: path)
        } catch {
            throw InvalidSetting(key: "GIT_REPOSITORIES_FILE", value: path, allowed: "a list of repositories (\(error))")
        }
        var others: [DeploymentRepository] = []
        for entry in file.entries {
            let repository = try self.repository(entry)
            // Each has one writer, and each publication one place.
            let target = repository.packages.target
            if let same = ([main] + others).first(where: { $0.packages.target.name == target.name || $0.packages.target.directory == target.directory }) {
                throw InvalidSetting(
                    key: "GIT_REPOSITORIES_FILE", value: path, allowed: "a file in which \(entry.name) is not the repository of \(same.name), too")
            }
            guard target.directory != BridgeSettings.previewDirectory(self.settings, beside: main.packages.target.directory) else {
                throw InvalidSetting(key: "GIT_REPOSITORIES_FILE", value: path, allowed: "a file in which \(entry.name) is not where previews are published")
            }
            others.append(repository)
        }
        return DeploymentRepositories(main: main, others: others)
    }

    /// Where previews are published; nothing is delivered from it.
    func preview(beside main: DeploymentRepository) throws(InvalidSetting) -> DeploymentRepositories {
        DeploymentRepositories(
            PackageRepository(
                target: .directory(BridgeSettings.previewDirectory(self.settings, beside: main.packages.target.directory)),
                branch: self.settings[BridgeSettings.branch], signer: try self.signers.signer(keyFile: self.settings[BridgeSettings.signingKey]),
                logger: Logger(label: "packages.preview")))
    }

    // MARK: One of them

    /// A token in a file is read again for each command, so that a rotated one takes effect.
    private var credential: GitCredential {
        self.settings[BridgeSettings.tokenFile].map { .file($0) } ?? self.settings[BridgeSettings.token].map { .token($0) } ?? .none
    }

    /// A secret goes to nobody whom it was not given for.
    ///
    /// - Parameters:
    ///   - main: where `credential` is for.
    static func credential(of entry: RepositoriesFile.Entry, main: String, _ credential: GitCredential) -> GitCredential {
        if let file = entry.tokenFile { return .file(file) }
        // One that brings credentials of its own keeps them.
        if entry.url.hasPrefix("http"), entry.url.contains("@") { return .none }
        guard let origin = GitOrigin(entry.url), origin == GitOrigin(main) else { return .none }
        return credential
    }

    private func main() throws -> DeploymentRepository {
        let settings = self.settings
        let address = settings[BridgeSettings.repository]
        var target = PublishTarget.directory(address)
        if PublishTarget.isRemote(address) {
            let ssh = SSHAccess(keyFile: settings[BridgeSettings.sshKey], knownHostsFile: settings[BridgeSettings.sshHosts])
            target = .remote(
                RemoteRepository(url: address, credential: self.credential, ssh: ssh, authorities: try BridgeSettings.trust.authorities(settings)),
                mirror: settings[BridgeSettings.mirror])
        }
        let branch = settings[BridgeSettings.branch]
        let porch = try PorchSettings.delivery(settings, cluster: self.cluster, repository: settings[PorchSettings.repository])
        let pulls = try self.pullRequests(
            for: settings[ForgeSettings.repository], of: "FORGE_REPOSITORY", target, of: "GIT_REPO_URL", branch: branch)
        return self.make(
            DeploymentRepositories.mainName, target, clusters: ["*"], branch: branch,
            signer: try self.signers.signer(keyFile: settings[BridgeSettings.signingKey]), delivery: porch ?? pulls)
    }

    private func repository(_ entry: RepositoriesFile.Entry) throws -> DeploymentRepository {
        let settings = self.settings
        let branch = entry.branch ?? settings[BridgeSettings.branch]
        let credential = Self.credential(of: entry, main: settings[BridgeSettings.repository], self.credential)
        var target = PublishTarget.directory(entry.url)
        if entry.isRemote {
            let ssh = SSHAccess(
                keyFile: entry.sshKeyFile ?? settings[BridgeSettings.sshKey], knownHostsFile: entry.knownHostsFile ?? settings[BridgeSettings.sshHosts])
            target = .remote(
                RemoteRepository(url: entry.url, credential: credential, ssh: ssh, authorities: try entry.caFile ?? BridgeSettings.trust.authorities(settings)),
                mirror: BridgeSettings.directory(named: entry.name, beside: settings[BridgeSettings.mirror]))
        }
        let porch = try PorchSettings.delivery(settings, cluster: self.cluster, repository: entry.porchRepository ?? entry.name)
        // The forge is that of GIT_REPO_URL, whose token it knows.
        let pulls = try self.pullRequests(
            for: entry.forgeRepository, of: "GIT_REPOSITORIES_FILE (forgeRepository of \(entry.name))", target,
            of: "GIT_REPOSITORIES_FILE (url of \(entry.name))", branch: branch)
        let signer = try self.signers.signer(keyFile: entry.signingKeyFile ?? settings[BridgeSettings.signingKey])
        return self.make(entry.name, target, clusters: entry.clusters, branch: branch, signer: signer, delivery: porch ?? pulls)
    }

    private func make(
        _ name: String, _ target: PublishTarget, clusters: [String], branch: String, signer: CommitSigners.Signer?, delivery: (any PackageDelivery)?
    ) -> DeploymentRepository {
        let label = name == DeploymentRepositories.mainName ? "packages" : "packages.\(name)"
        return DeploymentRepository(
            name: name, address: target.name, clusters: clusters,
            packages: PackageRepository(target: target, branch: branch, signer: signer, logger: Logger(label: label), passing: self.passing), delivery: delivery
        )
    }

    private func pullRequests(
        for repository: String?, of setting: String, _ target: PublishTarget, of addressSetting: String, branch: String
    ) throws(InvalidSetting) -> PullRequestDelivery? {
        guard let forge else { return nil }
        guard target.remote != nil else {
            throw InvalidSetting(key: addressSetting, value: target.name, allowed: "a URL with DELIVERY_MODE=pull-request")
        }
        var delivery = try ForgeSettings.delivery(
            self.settings, through: forge, repository: repository ?? "", of: setting, branch: branch, credential: self.credential)
        delivery.passing = { [passing] in passing(.pull($0)) }
        return delivery
    }
}
