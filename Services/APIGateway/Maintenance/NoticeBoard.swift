import Ledger
import ServiceLifecycle
import Synchronization

/// The maintenance notice as it was last read, for every answer.
final class NoticeBoard: Sendable {
    private let text = Mutex<String?>(nil)

    var notice: String? { self.text.withLock { $0 } }

    func learn(_ notice: MaintenanceNotice?) { self.text.withLock { $0 = notice?.text } }
}

/// Keeps the board as the ledger has it. While that is away the last word stands.
struct NoticeWatch: Service {
    static let interval = Duration.seconds(1)

    let board: NoticeBoard
    let ledger: Ledger

    func run() async throws {
        // Being cancelled is its ordinary end.
        try? await cancelWhenGracefulShutdown {
            while true {
                do throws(LedgerError) { self.board.learn(try await self.ledger.notice()) } catch {}
                try await Task.sleep(for: Self.interval)
            }
        }
    }
}
