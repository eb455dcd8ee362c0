package import IntentModel
package import JSONSchema

extension IntentRequest: QuickDocument {
    package static func read(_ cursor: inout JSONCursor) -> IntentRequest? {
        var (intent, tenant, requestedBy): (String?, String?, String?)
        var priority: Priority?
        var approval: Approval?
        var rest = IntentRequest(intent: "")
        let isWhole = cursor.members { cursor, name in
            switch name {
            case "intent": cursor.read(&intent)
            case "priority": cursor.read(&priority)
            case "tenant": cursor.read(&tenant)
            case "requestedBy": cursor.read(&requestedBy)
            case "approval": cursor.read(&approval)
            case "namespace": cursor.read(&rest.namespace)
            case "cluster": cursor.read(&rest.cluster)
            case "callbackUrl": cursor.read(&rest.callbackUrl)
            case "supersedes": cursor.read(&rest.supersedes)
            case "labels": cursor.read(&rest.labels, Self.labels)
            default: cursor.skip()
            }
        }
        guard isWhole, let intent, let priority, let approval, let tenant, let requestedBy else { return nil }
        (rest.intent, rest.priority, rest.approval, rest.tenant, rest.requestedBy) = (intent, priority, approval, tenant, requestedBy)
        return rest
    }

    private static func labels(_ cursor: inout JSONCursor) -> [String: String]? {
        var labels: [String: String] = [:]
        let isWhole = cursor.members { cursor, name in
            guard let value = cursor.string() else { return false }
            labels[name.text] = value
            return true
        }
        return isWhole ? labels : nil
    }
}

extension HistoryEntry: QuickDocument {
    package static func read(_ cursor: inout JSONCursor) -> HistoryEntry? {
        var phase: Phase?
        var (at, by, detail): (String?, String?, String?)
        let isWhole = cursor.members { cursor, name in
            switch name {
            case "phase": cursor.read(&phase)
            case "at": cursor.read(&at)
            case "by": cursor.read(&by)
            case "detail": cursor.read(&detail)
            default: cursor.skip()
            }
        }
        guard isWhole, let phase, let at, let by else { return nil }
        return HistoryEntry(phase: phase, at: at, by: by, detail: detail)
    }
}

extension PublishedPackage: QuickDocument {
    package static func read(_ cursor: inout JSONCursor) -> PublishedPackage? {
        var (instance, repository, path, revision, commit): (String?, String?, String?, String?, String?)
        var change: PackageChange.Change?
        let isWhole = cursor.members { cursor, name in
            switch name {
            case "instance": cursor.read(&instance)
            case "repository": cursor.read(&repository)
            case "path": cursor.read(&path)
            case "revision": cursor.read(&revision)
            case "commit": cursor.read(&commit)
            case "change": cursor.read(&change)
            default: cursor.skip()
            }
        }
        guard isWhole, let instance, let repository, let path, let revision, let commit, let change else { return nil }
        return PublishedPackage(instance: instance, repository: repository, path: path, revision: revision, commit: commit, change: change)
    }
}
