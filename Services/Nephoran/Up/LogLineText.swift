import Foundation

/// A line of a service's log for people: time, level, message, then the rest as `key=value`.
enum LogLineText {
    private static let hidden: Set<String> = ["ts", "level", "service", "logger", "message", "hb.request.id"]

    static func text(_ line: [UInt8], _ terminal: Terminal) -> String {
        guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any], let message = object["message"] as? String else {
            return String(decoding: line, as: UTF8.self)
        }
        let level = object["level"] as? String ?? ""
        let style: Terminal.Style = ["error", "critical"].contains(level) ? .red : level == "warning" ? .yellow : .dim
        let time = (object["ts"] as? String).map { $0.dropFirst(11).prefix(12) } ?? ""
        let rest = object.filter { !self.hidden.contains($0.key) }.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        return "\(time) \(terminal.styled(level, style)) \(message)\(terminal.styled(rest, .dim))"
    }
}
