package import ServiceLifecycle
import Logging

/// Keeps a process's knowledge of its role fresh.
package struct RoleWatch: Service {
    private let ledger: Ledger

    package init(ledger: Ledger) { self.ledger = ledger }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var before: Role?
            while !Task.isCancelled {
                // What is known stays so while the ledger is away: nothing can be done there anyway.
                try? await self.ledger.refreshRoles()
                if self.ledger.configuration.claims, self.ledger.isUnruled { try? await self.ledger.claim() }
                if let role = self.ledger.role, role != before {
                    self.ledger.logger.notice(
                        "role", metadata: ["role": "\(role.rawValue)", "colour": "\(self.ledger.configuration.colour)"])
                    before = role
                }
                try? await Task.sleep(for: Ledger.roleInterval)
            }
        }
    }
}

/// Runs a service only as long as this process's colour leads: for what acts by itself and not on leased work.
package struct WhileActive: Service {
    private let ledger: Ledger
    private let service: any Service

    package init(_ service: any Service, ledger: Ledger) {
        self.ledger = ledger
        self.service = service
    }

    package func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                guard await self.until(leads: true) else { return }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await self.service.run() }
                    group.addTask { _ = await self.until(leads: false) }
                    try await group.next()
                    group.cancelAll()
                    while let _ = try await group.next() {}
                }
            }
        }
    }

    /// False when nobody wants to know any more.
    private func until(leads: Bool) async -> Bool {
        while !Task.isCancelled {
            if self.ledger.leads == leads { return true }
            guard (try? await Task.sleep(for: Ledger.roleInterval)) != nil else { return false }
        }
        return false
    }
}
