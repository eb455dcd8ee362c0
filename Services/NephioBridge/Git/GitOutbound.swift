import HTTPFetch

/// Git over HTTP looks names up itself: it is told the addresses that its server's name leads to, when they may be connected to, and asks nobody else.
enum GitOutbound {
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
            // A name that is not known here is git's to complain about, or its proxy's to know.
            guard let addresses, let port = url.origin.split(separator: ":").last else { return [:] }
            let texts = addresses.map { $0.description.contains(":") ? "[\($0)]" : "\($0)" }
            return ["http.curloptResolve": "\(url.host):\(port):\(texts.joined(separator: ","))"]
        } catch {
            throw .unreachable("\(url.origin): \(error)")
        }
    }
}
