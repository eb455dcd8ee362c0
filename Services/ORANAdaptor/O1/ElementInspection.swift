import Logging

/// Looks at managed elements: whether they answer, what they say they are, and whether they have what intents configured there.
struct ElementInspection: Sendable {
    let configuration: ElementConfiguration
    /// Nil: what they have is compared with nothing.
    let drift: ElementDrift?
    let logger: Logger
    private let looks = ElementLooks()
    private static let side = 32

    init(configuration: ElementConfiguration, drift: ElementDrift?, logger: Logger) {
        self.configuration = configuration
        self.drift = drift
        self.logger = logger
    }

    /// Every element, side by side and not too many at once; what a dead one costs is its own.
    func lookAtAll() async {
        await withTaskGroup(of: Void.self) { group in
            for (started, client) in self.configuration.elements.enumerated() {
                if started >= Self.side { await group.next() }
                group.addTask { await self.look(at: client) }
            }
        }
    }

    /// Returns when it was looked at, or at once where it is being looked at already: then it is once more after that.
    func look(at client: ElementClient) async {
        guard self.looks.begin(client.element.name) else { return }
        repeat { await self.lookOnce(at: client) } while self.looks.end(client.element.name)
    }

    private func lookOnce(at client: ElementClient) async {
        // Without the ledger nothing is known of what was wanted, and the element is looked at all the same.
        let wanted = try? await self.drift?.wanted(of: client)
        let sight: ElementConfiguration.Sight
        do throws(O1Error) {
            sight = try await self.configuration.sight(of: client, comparing: wanted?.map(\.edit) ?? [])
        } catch {
            // The report has it.
            return
        }
        client.note(revisionOf: sight.shares)
        client.note(sight.cells)
        guard let drift, let wanted else { return }
        do {
            try await drift.heed(sight.differences, from: wanted, at: client)
        } catch {
            self.logger.debug("what an element has was not compared", metadata: ["element": "\(client.element.name)", "error": "\(error)"])
        }
    }
}
