import ArgumentParser
import Foundation
import Glibc

/// Where figures go, and what is expected of them.
struct ReportOptions: ParsableArguments {
    @Option(name: .customLong("expect"), parsing: .singleValue, help: "A bound such as 'p95<100ms', 'errors<0.1%', 'rate>500/s'; may be repeated.") var expect:
        [String] = []
    @Option(name: .customLong("json"), help: "Write the report as JSON.", completion: .file()) var json: String?
    @Option(name: .customLong("html"), help: "Write the report as one HTML page.", completion: .file()) var html: String?
    @Option(name: .customLong("markdown"), help: "Write the report as Markdown, with recommendations.", completion: .file()) var markdown: String?
    @Option(name: .customLong("csv"), help: "Write every request (the first million), in hey's columns.", completion: .file()) var csv: String?
    @Flag(name: .customLong("quiet"), help: "No progress, and no figures on standard output.") var quiet = false

    func expectations() throws -> [Expectation] { try self.expect.map(Expectation.init) }

    /// Progress is for people.
    var showsProgress: Bool { !self.quiet && isatty(2) == 1 }

    func write(_ report: Report, _ samples: [FlowRecorder.Sample]) throws {
        if !self.quiet { print(TextReport.text(report)) }
        if let json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try self.write(try encoder.encode(report) + Data("\n".utf8), json)
        }
        if let html { try self.write(Data(HTMLReport.text(report).utf8), html) }
        if let markdown { try self.write(Data(MarkdownReport.text(report).utf8), markdown) }
        if let csv { try self.write(Data(CSVReport.lines(samples).utf8), csv) }
    }

    private func write(_ data: Data, _ path: String) throws {
        do { try data.write(to: URL(fileURLWithPath: path)) } catch { throw LoadError.environment("\(path) cannot be written: \(error.localizedDescription)") }
    }
}
