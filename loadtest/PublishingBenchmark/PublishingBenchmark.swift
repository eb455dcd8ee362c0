import Foundation
import GitObjects
import IntentModel

/// Changes of packages into one repository, each a commit and a tag, in batches as they come at a low, a middling and a high rate: written here, and
/// by `git fast-import` and `git update-ref`, one run of each a batch, on the same disk with the same durability. Prints changes a second and processor
/// time a change (ours and git's), and ends with 1 where ours is not twice as cheap. With `own COUNT`, only ours in batches of 8, to be counted from outside.
@main
struct Benchmark {
    private static let promise = 2.0
    private static let batches = [1, 8, 64]
    private static let objects = 2_000

    static func main() throws {
        if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "own", let count = Int(CommandLine.arguments[2]) { return try self.writeOwn(count) }
        let changes = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 2_000
        var isKept = true
        print("batch   written here           git fast-import         processor time")
        for size in self.batches {
            let count = max(changes * size / 64, min(changes, 200)) / size * size
            let ours = try self.measure(count, by: size) { try OwnWriter(repository: $0) }
            let theirs = try self.measure(count, by: size) { GitWriter(repository: $0) }
            let ratio = theirs.processor / ours.processor
            isKept = isKept && ratio >= self.promise
            print("\(self.column("\(size)", 5))   \(ours)   \(theirs)   \(self.column(String(format: "%.1f", ratio), 5)) times")
        }
        guard isKept else {
            print("the promise is not kept: \(self.promise) times as cheap as git fast-import")
            exit(1)
        }
    }

    private static func writeOwn(_ count: Int) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "publishing-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try GitProcess.run(["init", "--quiet", "--bare", "--initial-branch=main", directory])
        var writer = try OwnWriter(repository: directory)
        let package = Change.package(0)
        for first in stride(from: 0, to: count, by: 8) {
            try writer.write((first..<min(first + 8, count)).map { Change(object: $0, number: $0, package) })
        }
        print("\(count) changes")
    }

    private static func column(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }

    private struct Cost: CustomStringConvertible {
        var rate: Double
        /// Seconds a change.
        var processor: Double

        var description: String { String(format: "%6.0f/s  %6.3f ms", self.rate, self.processor * 1_000) }
    }

    private static func measure(_ count: Int, by size: Int, _ writer: (String) throws -> any ChangeWriter) throws -> Cost {
        let directory = FileManager.default.temporaryDirectory.appending(path: "publishing-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try GitProcess.run(["init", "--quiet", "--bare", "--initial-branch=main", directory])
        var writer = try writer(directory)
        let packages = (0..<self.objects).map(Change.package)
        // All of them are there before.
        try writer.write(packages.indices.map { Change(object: $0, number: 0, packages[$0]) })
        let changes = (0..<count).map { Change(object: $0 * 7 % self.objects, number: 1 + $0, packages[$0 * 7 % self.objects]) }
        let (start, before) = (ContinuousClock.now, self.processorTime())
        for first in stride(from: 0, to: count, by: size) {
            try writer.write(Array(changes[first..<(first + size)]))
        }
        let (wall, processor) = (start.duration(to: .now) / .seconds(1), self.processorTime() - before)
        let commits = try GitProcess.run(["--git-dir", directory, "rev-list", "--count", "main"])
        guard Int(commits.trimmingCharacters(in: .whitespacesAndNewlines)) == count + self.objects else { throw Failure(description: "\(commits) commits") }
        try GitProcess.run(["--git-dir", directory, "fsck", "--full", "--strict", "--no-dangling"])
        return Cost(rate: Double(count) / wall, processor: processor / Double(count))
    }

    /// Of this process and those it waited for.
    private static func processorTime() -> Double {
        [RUSAGE_SELF.rawValue, RUSAGE_CHILDREN.rawValue].reduce(0) { sum, who in
            var usage = rusage()
            getrusage(who, &usage)
            return sum + [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
        }
    }
}

struct Failure: Error, CustomStringConvertible { let description: String }

/// A package of twelve files of which one changes.
struct Change {
    let path: String
    let tag: String
    let message: String
    let files: [PackageFile]

    init(object: Int, number: Int, _ unchanged: [PackageFile]) {
        self.path = "default/ns-\(object % 100)/nrf-\(object)"
        self.tag = "\(self.path)/v\(number)"
        self.message =
            "Scale nrf-\(object) in ns-\(object % 100) (v\(number))\n\nRequest: Scale it\n\nNephoran-Instance: \(self.path)\n"
        var files = unchanged
        files[3].content = "replicas: \(number)\n\(files[3].content)"
        self.files = files
    }

    /// About 11 kB.
    static func package(_ object: Int) -> [PackageFile] {
        (0..<12).map { file in
            PackageFile(path: "file-\(file).yaml", content: (0..<30).map { "  key-\($0): value of file \(file) of \(object)\n" }.joined())
        }
    }
}

protocol ChangeWriter {
    /// Commits and tags are there when this returns, the commits on disk.
    mutating func write(_ changes: [Change]) throws
}
