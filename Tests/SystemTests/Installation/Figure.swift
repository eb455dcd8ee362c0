import Foundation

/// A measured figure, for whoever runs the tests to read and for docs/reliability.md.
enum Figure {
    static func report(_ line: String) { FileHandle.standardError.write(Data("figure: \(line)\n".utf8)) }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
    var rounded: String { String(format: "%.2f s", self.seconds) }
}
