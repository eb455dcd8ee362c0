import RedisClient

/// What operators tell all callers while they work on the installation. It is gone by itself when nobody ends it.
package struct MaintenanceNotice: Codable, Sendable, Equatable {
    /// Printable ASCII, at most ``mostBytes``.
    package var text: String
    /// Who tells it.
    package var by: String

    package static let mostBytes = 200

    /// Nil for what does not fit into a header.
    package init?(text: String, by: String) {
        guard (1...Self.mostBytes).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        self.text = text
        self.by = by
    }
}

extension Ledger {
    private static let noticeKey = "nephoran:notice"

    /// - Parameter seconds: until it is gone.
    package func announce(_ notice: MaintenanceNotice, for seconds: Int) async throws(LedgerError) {
        do throws(RedisError) {
            let json: [UInt8]
            do { json = try LedgerJSON.encode(notice) } catch { throw RedisError(.protocolViolation, "the notice is not writable: \(error)") }
            if case .error(let message) = try await self.redis.send(RedisCommand("SET", Self.noticeKey, json, "EX", "\(seconds)")) {
                throw RedisError(.refused, message)
            }
        } catch {
            throw LedgerError(error)
        }
    }

    package func endNotice() async throws(LedgerError) {
        do throws(RedisError) { _ = try await self.redis.send(RedisCommand("DEL", Self.noticeKey)) } catch { throw LedgerError(error) }
    }

    /// Nil when there is none, and when another version wrote what is not understood.
    package func notice() async throws(LedgerError) -> MaintenanceNotice? {
        do throws(RedisError) {
            guard case .bytes(let bytes) = try await self.redis.send(RedisCommand("GET", Self.noticeKey)) else { return nil }
            return try? LedgerJSON.decode(MaintenanceNotice.self, bytes)
        } catch {
            throw LedgerError(error)
        }
    }
}
