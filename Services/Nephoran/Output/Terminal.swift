import Foundation
import Glibc

/// One of the two streams an operator reads. Colours only where they are seen: on a terminal, unless `NO_COLOR` is set.
struct Terminal: Sendable {
    enum Style: String, Sendable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "34"
    }

    static let standardOutput = Terminal(descriptor: STDOUT_FILENO)
    static let standardError = Terminal(descriptor: STDERR_FILENO)

    let descriptor: Int32
    let isInteractive: Bool
    let hasColours: Bool

    init(descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.descriptor = descriptor
        self.isInteractive = isatty(descriptor) == 1
        self.hasColours = self.isInteractive && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    func styled(_ text: String, _ style: Style) -> String { self.hasColours ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text }

    func print(_ line: String = "") { self.write(line + "\n") }

    /// Whole or, when nobody reads any more, not at all.
    func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(self.descriptor, rest.baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    return
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    /// Columns of the terminal; nil when it is none.
    var width: Int? {
        guard self.isInteractive else { return nil }
        var size = winsize()
        guard ioctl(self.descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
