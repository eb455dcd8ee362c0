import Foundation
import GRDB

extension EmbeddedStore {
    /// Refreshes the planner's statistics and gives free pages back: the weekly maintenance.
    func optimise() async throws {
        try await self.pool.writeWithoutTransaction { db in try db.execute(sql: "ANALYZE; VACUUM") }
    }
}
