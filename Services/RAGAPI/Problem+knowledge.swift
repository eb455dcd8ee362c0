import IntentModel

extension Problem {
    static func invalidBody(_ errors: [Item]) -> Problem {
        let first = errors.first.map { "\($0.pointer) \($0.detail)" } ?? "The body does not have the expected shape."
        return Problem(status: 400, code: "invalid_body", title: "Bad Request", detail: first, errors: errors)
    }

    static func badJSON(_ detail: String) -> Problem {
        Problem(status: 400, code: "bad_json", title: "Bad Request", detail: detail)
    }

    static func noDocument(_ id: String) -> Problem {
        Problem(status: 404, code: "not_found", title: "Not Found", detail: "There is no document \"\(id.prefix(256))\".")
    }

    init(_ fault: StoreFault) {
        switch fault {
        case .full: self.init(status: 507, code: "disk_full", title: "Insufficient Storage", detail: fault.description)
        case .unusable: self.init(status: 422, code: "backup_unusable", title: "Unprocessable Content", detail: fault.description)
        case .badTarget: self.init(status: 422, code: "backup_refused", title: "Unprocessable Content", detail: fault.description)
        case .ownFile: self = .invalidBody([Item(pointer: "/path", detail: "is the knowledge base itself, or a file that belongs to it")])
        case .unwritable: self.init(status: 503, code: "store_unwritable", title: "Service Unavailable", detail: fault.description)
        case .damaged: self.init(status: 503, code: "store_damaged", title: "Service Unavailable", detail: fault.description)
        }
    }

    init(_ fault: WeaviateFault) {
        switch fault {
        case .unavailable: self.init(status: 503, code: "weaviate_unavailable", title: "Service Unavailable", detail: fault.description)
        case .refused, .malformed, .partly, .schema: self.init(status: 502, code: "weaviate_refused", title: "Bad Gateway", detail: fault.description)
        }
    }

    init(_ error: DecodingError) {
        // Only text that is no JSON at all fails without a place and without a type.
        if case .dataCorrupted(let context) = error, context.codingPath.isEmpty {
            self = .badJSON(context.debugDescription)
        } else {
            let (pointer, reason) = error.sentence
            self = .invalidBody([Item(pointer: pointer, detail: reason)])
        }
    }
}
