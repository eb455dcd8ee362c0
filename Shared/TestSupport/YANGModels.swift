import Foundation

/// The YANG modules of `Contracts/yang`, and libyang, which holds documents to them: its tool `yanglint`.
package struct YANGModels: Sendable {
    /// What a document is.
    package enum Kind: String, Sendable {
        /// An rpc of NETCONF, envelope and all; what is inside its `config` and `filter` is not looked at.
        case rpc = "nc-rpc"
        /// What is inside the `config` of an edit.
        case edit
        /// What is inside the `data` of a reply to get-config.
        case configuration = "getconfig"
    }

    private static let tool = "/usr/bin/yanglint"
    private static let features = ["_3gpp-common-managed-element:CESManagementFunction", "_3gpp-nr-nrm-nrcellcu:CESManagementFunction"]
    private let modules: [String]
    private let directory: String

    package init() throws {
        guard FileManager.default.isExecutableFile(atPath: Self.tool) else {
            throw Tool.Failed(reason: "no \(Self.tool): deploy/install-packages test installs it")
        }
        let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Contracts/yang").path
        self.directory = directory
        self.modules = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".yang") }.sorted().map { "\(directory)/\($0)" }
    }

    /// What libyang says is wrong with a document; nil when nothing is. Blocks.
    package func violation(_ kind: Kind, _ document: String) throws -> String? {
        let place = try TemporaryDirectory()
        let path = place.file("document.xml")
        try Data(document.utf8).write(to: URL(fileURLWithPath: path))
        let features = Self.features.flatMap { ["-F", $0] }
        do {
            try Tool.output([Self.tool, "-p", self.directory] + features + ["-t", kind.rawValue, "-f", "xml"] + self.modules + [path])
            return nil
        } catch let error as Tool.Failed {
            return "\(error)"
        }
    }
}
