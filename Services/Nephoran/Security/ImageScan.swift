import Foundation

/// Known weaknesses of images, by a scanner that is there.
enum ImageScan {
    static func findings(_ images: [String]) async -> [SecurityFinding] {
        guard !images.isEmpty else { return [] }
        guard let scanner = Executables.find("trivy") else {
            return [SecurityFinding(.note, "image-scan", "\(images.count) images", "trivy is not there: not scanned")]
        }
        var found: [SecurityFinding] = []
        for image in images where !image.hasPrefix("-") {
            let run = try? await ToolRun.run(
                scanner, ["image", "--quiet", "--severity", "HIGH,CRITICAL", "--ignore-unfixed", "--exit-code", "10", "--format", "json", image],
                deadline: .seconds(600))
            guard let run else {
                found.append(.init(.note, "image-scan", image, "trivy did not end in time"))
                continue
            }
            if run.succeeded { continue }
            let count = String(decoding: run.output, as: UTF8.self).components(separatedBy: "\"VulnerabilityID\"").count - 1
            if count > 0 {
                found.append(.init(.high, "image-scan", image, "\(count) weaknesses that are high or critical and have been mended"))
            } else {
                found.append(.init(.note, "image-scan", image, "not scanned: \(run.message)"))
            }
        }
        return found
    }
}
