import Foundation
import Glibc

/// Looks at the services that run on this host: what they listen on, and by which settings. From `/proc`, so only where there is one.
struct ListenerAudit {
    struct Listener: Equatable {
        var service: String
        /// `0.0.0.0`, `::`, `10.0.0.5`, or ``ListenerAudit/loopback``.
        var address: String
        var port: Int
        var environment: [String: String]
    }

    static let loopback = "loopback"

    static func findings(_ listeners: [Listener]) -> [SecurityFinding] {
        var found: [SecurityFinding] = []
        for listener in listeners {
            let object = "\(listener.service) \(listener.address):\(listener.port)"
            func setting(_ name: String) -> String { listener.environment[name] ?? "" }
            if listener.environment.isEmpty {
                found.append(.init(.note, "listener-settings", object, "its settings cannot be read: look as its user, or as root"))
                continue
            }
            if listener.address == Self.loopback {
                // Whoever is on the machine, and in no network.
                if setting("AUTH_MODE") == "off" {
                    found.append(.init(.medium, "auth-off", object, "AUTH_MODE is off: whoever is on this machine may do everything"))
                }
                continue
            }
            if setting("AUTH_MODE") == "off" {
                found.append(.init(.high, "listener-open", object, "AUTH_MODE is off: everybody who reaches it may do everything"))
            }
            // Settings may also be in its file, which is not read here.
            if setting("TLS_CERT_FILE").isEmpty, setting("CONFIG_FILE").isEmpty {
                found.append(
                    .init(
                        .high, "listener-plain", object,
                        "keys and intents cross the network in the clear; set TLS_CERT_FILE, or listen on loopback behind a proxy"))
            }
            if ["true", "yes", "on", "1"].contains(setting("METRICS_OPEN").lowercased()) {
                found.append(.init(.low, "metrics-open", object, "METRICS_OPEN: everybody who reaches it reads its metrics"))
            }
        }
        return found
    }

    /// Listening sockets of our services.
    static func running(proc: String = "/proc") -> [Listener] {
        let sockets = self.sockets(proc)
        var found: [Listener] = []
        for name in ((try? FileManager.default.contentsOfDirectory(atPath: proc)) ?? []).sorted() where Int(name) != nil {
            let process = "\(proc)/\(name)"
            guard let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(process)/exe") else { continue }
            let service = executable.split(separator: "/").last.map(String.init) ?? ""
            guard UpPlan.services.contains(service) else { continue }
            let environment = self.environment(process)
            for descriptor in (try? FileManager.default.contentsOfDirectory(atPath: "\(process)/fd")) ?? [] {
                guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(process)/fd/\(descriptor)"), target.hasPrefix("socket:["),
                    let socket = sockets[String(target.dropFirst(8).dropLast())]
                else { continue }
                let listener = Listener(service: service, address: socket.address, port: socket.port, environment: environment)
                if !found.contains(listener) { found.append(listener) }
            }
        }
        return found
    }

    private static func environment(_ process: String) -> [String: String] {
        guard let bytes = FileManager.default.contents(atPath: "\(process)/environ") else { return [:] }
        var values: [String: String] = [:]
        for entry in bytes.split(separator: 0) {
            let text = String(decoding: entry, as: UTF8.self)
            guard let cut = text.firstIndex(of: "=") else { continue }
            values[String(text[..<cut])] = String(text[text.index(after: cut)...])
        }
        return values
    }

    /// By inode, from `net/tcp` and `net/tcp6`: address and port in hexadecimal, the state `0A` for one that listens.
    private static func sockets(_ proc: String) -> [String: (address: String, port: Int)] {
        var found: [String: (String, Int)] = [:]
        for file in ["tcp", "tcp6"] {
            guard let text = try? String(contentsOfFile: "\(proc)/net/\(file)", encoding: .utf8) else { continue }
            for line in text.split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ", omittingEmptySubsequences: true)
                guard fields.count > 9, fields[3] == "0A" else { continue }
                let place = fields[1].split(separator: ":")
                guard place.count == 2, let port = Int(place[1], radix: 16) else { continue }
                found[String(fields[9])] = (self.address(place[0]) ?? self.loopback, port)
            }
        }
        return found
    }

    /// Nil for loopback. The kernel writes words of four bytes in the machine's order, here little-endian.
    static func address(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = text[...]
        while rest.count >= 8 {
            guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
            bytes += withUnsafeBytes(of: word.littleEndian) { Array($0) }
            rest = rest.dropFirst(8)
        }
        if bytes.count == 16, bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xff, bytes[11] == 0xff { bytes = Array(bytes[12...]) }
        if bytes.count == 4 { return bytes[0] == 127 ? nil : bytes.map { "\($0)" }.joined(separator: ".") }
        guard bytes.count == 16 else { return nil }
        if bytes.allSatisfy({ $0 == 0 }) { return "[::]" }
        if bytes.dropLast().allSatisfy({ $0 == 0 }), bytes[15] == 1 { return nil }
        let groups = stride(from: 0, to: 16, by: 2).map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
        return "[" + groups.joined(separator: ":") + "]"
    }
}
