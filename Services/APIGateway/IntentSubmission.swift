import Foundation
import IntentModel

/// The body of `POST /v1/intents`, checked: every fault is reported with its place, and a body with a fault stores nothing.
struct IntentSubmission: Equatable {
    static let maxCharacters = 4096

    var intent: String
    var priority: Priority = .medium
    var namespace: String?
    var cluster: String?
    var approval: IntentRequest.Approval = .auto
    var labels: [String: String]?
    /// Of this tenant, and not ended: whoever accepts the intent sees to that.
    var supersedes: IntentID?
    var callbackUrl: String?

    /// - Parameter callbacks: where they may go; nil when there are none.
    /// - Throws: a ``Problem`` with status 400.
    init(json bytes: [UInt8], callbacks: CallbackPolicy? = nil) throws(Problem) {
        guard !bytes.isEmpty else {
            throw Problem(status: 400, code: "bad_json", title: "No body", detail: #"Send a JSON object such as {"intent": "Deploy AMF in core5g"}."#)
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Problem(status: 400, code: "bad_json", title: "Not UTF-8", detail: "The body is not valid UTF-8.")
        }
        let parsed: Any
        do {
            parsed = try JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
        } catch {
            throw Problem(status: 400, code: "bad_json", title: "Malformed JSON", detail: "The body is not valid JSON: \(Self.reason(of: error)).")
        }
        if Self.hasTrailingComma(bytes) {
            throw Problem(status: 400, code: "bad_json", title: "Malformed JSON", detail: "The body is not valid JSON: a comma before a closing bracket.")
        }
        guard let object = parsed as? [String: Any] else {
            throw Problem(
                status: 400, code: "invalid_body", title: "Not an object", detail: "The body must be a JSON object.",
                errors: [.init(pointer: "", detail: "must be an object")])
        }
        var faults: [Problem.Item] = []
        func fault(_ member: String, _ detail: String) { faults.append(.init(pointer: "/\(member)", detail: detail)) }
        /// A member that is absent or null is nil; of another type, a fault.
        func text(_ member: String) -> String? {
            guard let value = object[member], !(value is NSNull) else { return nil }
            guard let text = value as? String else {
                fault(member, "must be a string")
                return nil
            }
            return text
        }

        self.intent = ""
        if let intent = text("intent") {
            self.intent = intent
            if intent.allSatisfy(\.isWhitespace) {
                fault("intent", "must not be empty")
            } else if intent.unicodeScalars.count > Self.maxCharacters {
                fault("intent", "must have at most \(Self.maxCharacters) characters, has \(intent.unicodeScalars.count)")
            } else if intent.unicodeScalars.contains(where: { $0 == "\0" }) {
                fault("intent", "must not contain NUL")
            }
        } else if object["intent"] == nil || object["intent"] is NSNull {
            fault("intent", "is required")
        }
        if let value = text("priority") {
            if let priority = Priority(rawValue: value) { self.priority = priority } else { fault("priority", "must be one of low, medium, high, critical") }
        }
        if let value = text("approval") {
            if let approval = IntentRequest.Approval(rawValue: value) { self.approval = approval } else { fault("approval", "must be auto or required") }
        }
        if let value = text("supersedes") {
            if let id = IntentID(value) { self.supersedes = id } else { fault("supersedes", "must be the id of an intent") }
        }
        for member in ["namespace", "cluster"] {
            guard let value = text(member) else { continue }
            guard value.isDNSLabel else {
                fault(member, "must be a DNS label: lower-case letters, digits and '-', 1…63 characters, starting and ending with a letter or digit")
                continue
            }
            if member == "namespace" { self.namespace = value } else { self.cluster = value }
        }
        if let value = object["labels"], !(value is NSNull) {
            if let labels = value as? [String: String] {
                if labels.count > 32 { fault("labels", "must have at most 32 members") }
                for (key, value) in labels.sorted(by: { $0.key < $1.key }) where !Self.isLabel(key, mayBeEmpty: false) || !Self.isLabel(value, mayBeEmpty: true)
                {
                    fault(
                        "labels/\(key.replacing("~", with: "~0").replacing("/", with: "~1").prefix(64))",
                        "keys and values must be Kubernetes label values of at most 63 characters")
                }
                self.labels = labels
            } else {
                fault("labels", "must be an object of strings")
            }
        }
        if let url = text("callbackUrl") {
            self.callbackUrl = url
            if let callbacks {
                if let reason = callbacks.fault(url) { fault("callbackUrl", reason) }
            } else {
                fault("callbackUrl", "callbacks are not configured here (CALLBACK_SECRET); follow /v1/intents/{id}/events")
            }
        }
        guard faults.isEmpty else {
            let first = faults[0]
            throw Problem(
                status: 400, code: "invalid_body", title: "Invalid intent",
                detail: "\(first.pointer.dropFirst()) \(first.detail)." + (faults.count > 1 ? " (\(faults.count) faults)" : ""), errors: faults
            )
        }
    }

    /// Foundation forgives `[1,]`, RFC 8259 does not. For text that is JSON otherwise.
    private static func hasTrailingComma(_ bytes: [UInt8]) -> Bool {
        var isString = false
        var isEscaped = false
        var last: UInt8 = 0
        for byte in bytes {
            if isString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): continue
            case UInt8(ascii: "}"), UInt8(ascii: "]"): if last == UInt8(ascii: ",") { return true }
            case UInt8(ascii: "\""): isString = true
            default: break
            }
            last = byte
        }
        return false
    }

    private static func isLabel(_ text: String, mayBeEmpty: Bool) -> Bool {
        if text.isEmpty { return mayBeEmpty }
        guard text.utf8.count <= 63 else { return false }
        return text.utf8.allSatisfy {
            ("a"..."z").contains(UnicodeScalar($0)) || ("A"..."Z").contains(UnicodeScalar($0)) || ("0"..."9").contains(UnicodeScalar($0))
                || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/")
        }
    }

    private static func reason(of error: any Error) -> String {
        let text = (error as NSError).userInfo["NSDebugDescription"] as? String ?? "unexpected input"
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
