import Foundation
import IntentModel
import ServiceClient
import ServiceRuntime
import Synchronization
import Telemetry

/// What plans that are made at the same time ask about the repository, asked together: while one request is under way the questions of others are gathered
/// for the next. What nephio-bridge has more to say of is asked alone, by the plain route, and so is all of it where that is of a version that knows no such
/// request.
final class InventoryQuestions: Sendable {
    enum Question: Hashable, Sendable {
        case list(function: String?, instance: String?, namespace: String?, cluster: String?)
        /// By its path.
        case package(String)
    }

    enum Answer: Sendable {
        case list([InventoryItem])
        /// Nil: there is none.
        case package(InventoryItem?)
        /// It is to be asked by itself.
        case alone
    }

    private struct Answers: Decodable {
        struct Package: Decodable { var item: InventoryItem? }
        var lists: [[InventoryItem]?]
        var packages: [Package?]
    }

    private typealias Waiter = (question: Question, continuation: CheckedContinuation<Answer, any Error>)

    private struct State {
        var waiting: [Waiter] = []
        var underWay = 0
        var asksAloneUntil = ContinuousClock.now
    }

    /// In one request, so that its line stays well below what servers take.
    private static let most = 64
    /// Requests at the same time: one that hangs holds up nobody who comes after it.
    private static let mostUnderWay = 2
    /// After which it is tried again whether nephio-bridge knows such requests by now.
    private static let patience = Duration.seconds(60)
    private let client: ServiceClient
    private let isPreview: Bool
    private let state = Mutex(State())

    init(client: ServiceClient, isPreview: Bool) {
        self.client = client
        self.isPreview = isPreview
    }

    /// Asked with others, where there are any.
    func ask(_ question: Question) async throws -> Answer {
        // A request for many would be a part of no intent's trace.
        guard !Tracer.shared.isOn, question.isUsual, self.state.withLock({ $0.asksAloneUntil <= .now }) else { return .alone }
        return try await withCheckedThrowingContinuation { continuation in
            let mayGo = self.state.withLock { state in
                state.waiting.append((question, continuation))
                guard state.underWay < Self.mostUnderWay else { return false }
                state.underWay += 1
                return true
            }
            // On behalf of nobody in particular.
            if mayGo { Task.detached { await self.askForAll() } }
        }
    }

    private func askForAll() async {
        while true {
            let batch = self.state.withLock { state -> [Waiter] in
                let batch = Array(state.waiting.prefix(Self.most))
                state.waiting.removeFirst(batch.count)
                if batch.isEmpty { state.underWay -= 1 }
                return batch
            }
            if batch.isEmpty { return }
            do {
                let answers = try await self.answers(to: Array(Set(batch.map(\.question))))
                for waiter in batch { waiter.continuation.resume(returning: answers[waiter.question] ?? .alone) }
            } catch {
                for waiter in batch { waiter.continuation.resume(throwing: error) }
            }
        }
    }

    /// Nothing for those that are to be asked by themselves.
    private func answers(to questions: [Question]) async throws -> [Question: Answer] {
        var lists: [(question: Question, text: String)] = []
        var packages: [(question: Question, text: String)] = []
        for question in questions {
            switch question {
            case .list(let function, let instance, let namespace, let cluster):
                lists.append((question, [function, instance, namespace, cluster].map { $0 ?? "" }.joined(separator: Question.separator)))
            case .package(let path): packages.append((question, path))
            }
        }
        let query = (lists.map { "list=\($0.text.escaped)" } + packages.map { "package=\($0.text.escaped)" }).joined(separator: "&")
        let path = "/v1/inventory?\(query)\(self.isPreview ? "&preview=true" : "")"
        let found: Answers?
        do throws(ServiceCallError) { found = try await self.client.get(Answers.self, path) } catch {
            // Of a refusal the plain routes say why.
            guard case .refused = error else { throw error }
            return [:]
        }
        guard let found else {
            self.state.withLock { $0.asksAloneUntil = .now + Self.patience }
            return [:]
        }
        guard found.lists.count == lists.count, found.packages.count == packages.count else { return [:] }
        var answers: [Question: Answer] = [:]
        for (list, items) in zip(lists, found.lists) { if let items { answers[list.question] = .list(items) } }
        for (package, entry) in zip(packages, found.packages) { if let entry { answers[package.question] = .package(entry.item) } }
        return answers
    }
}

extension InventoryQuestions.Question {
    fileprivate static let separator = "\u{1f}"

    /// What would make a line of a request too long, or has the sign between two names, is asked by itself.
    fileprivate var isUsual: Bool {
        let texts: [String] =
            switch self {
            case .list(let function, let instance, let namespace, let cluster): [function, instance, namespace, cluster].compactMap { $0 }
            case .package(let path): [path]
            }
        return texts.allSatisfy { $0.utf8.count <= 256 && !$0.contains(Self.separator) }
    }
}

extension String {
    fileprivate var escaped: String { self.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }
}
