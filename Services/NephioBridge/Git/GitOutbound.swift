import Foundation
import HTTPFetch

/// Git over HTTP looks names up itself: it is told the addresses that its server's name leads to, when they may be connected to, and asks nobody else.
enum GitOutbound {
    private static var hasProxy: Bool {
        let names = ["http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"]
        return names.contains { ProcessInfo.processInfo.environment[$0]?.isEmpty == false }
    }

    /// Configuration for a run that talks to this remote; none for one that is not reached by HTTP. The key of an SSH server says who it is.
    static func settings(for remote: String?, command: String) async throws(GitError) -> [String: String] {
        guard let remote, remote.hasPrefix("http") else { return [:] }
        let url: FetchURL
        do throws(FetchError) { url = try FetchURL(remote) } catch { throw .failed(command: command, message: "\(error)") }
        let found = try await Blocking.run { () -> Result<[IPAddress]?, FetchError> in
            do throws(FetchError) { return .success(try OutboundPolicy.addresses(of: url.host)) } catch { return .failure(error) }
        }
        do throws(FetchError) {
            let addresses = try found.get()
            guard let port = url.origin.split(separator: ":").last else { return [:] }
            guard let addresses else {
                // An address is what it is. A name may be known to a proxy. Without one git would ask once more, and connect wherever that answer leads.
                if IPAddress(url.host) != nil || Self.hasProxy { return [:] }
                throw FetchError.connect("the name \(url.host) is not known")
            }
            let texts = addresses.map { $0.description.contains(":") ? "[\($0)]" : "\($0)" }
            return ["http.curloptResolve": "\(url.host):\(port):\(texts.joined(separator: ","))"]
        } catch {
            throw .unreachable("\(url.origin): \(error)")
        }
    }
}
