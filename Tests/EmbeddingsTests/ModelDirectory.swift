import Foundation

/// Where `deploy/install-model` put the weights; nil when they could not be had.
enum ModelDirectory {
    static let path: String? = {
        let named = ProcessInfo.processInfo.environment["EMBEDDING_MODEL_DIR"]
        let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return [named, project.path + "/.model/all-MiniLM-L6-v2"].compactMap { $0 }.first {
            FileManager.default.fileExists(atPath: $0 + "/model.safetensors")
        }
    }()
}
