import Foundation

/// Where another service is when only the gateway is known: `nephoran up` puts them some ports above it.
enum SiblingAddress {
    /// - Parameter option: that would have named it, for people.
    static func of(_ service: String, _ given: String?, portsAbove: Int, option: String, gateway: String) throws(CommandFailure) -> String {
        if let given, !given.isEmpty { return given.hasSuffix("/") ? String(given.dropLast()) : given }
        guard var components = URLComponents(string: gateway), let port = components.port else {
            throw CommandFailure(.usage, "name \(service) with \(option): it cannot be told from \(gateway)")
        }
        components.port = port + portsAbove
        return components.string ?? gateway
    }
}
