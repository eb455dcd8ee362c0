import IntentModel

extension SizingPlan {
    mutating func planParameters() {
        for target in self.expectation.targets {
            if self.entry.workload != .none, Self.sizing.contains(target.attribute) { continue }
            if self.entry.workload == .none, Self.sizing.contains(target.attribute) { continue }
            switch target.value {
            case .text(let text) where target.attribute == "feature":
                self.wanted.parameters.add("features", text)
                // One more beside those that are there.
                self.said("feature", text, target, step: "add \(text)")
            case .text(let text):
                self.wanted.parameters.set("settings", target.attribute, .text(text))
                self.said(target.attribute, text, target)
            case .boolean(let value):
                self.wanted.parameters.set("settings", target.attribute, .boolean(value))
                if target.attribute == "monitoring" { self.wanted.isMonitored = value }
                self.said(target.attribute, String(value), target)
            case .number, .range:
                // A load that is relative to one that was said is kept as what it comes to.
                var objective = target
                if self.rules.capacityFor.contains(target.attribute), let load = self.saidLoad(target.attribute), load.isFinite, load > 0,
                    ![.equals, .atLeast, .greaterThan].contains(target.condition)
                {
                    objective.value = .number(load)
                    objective.condition = .equals
                }
                self.wanted.parameters.set("objectives", target.attribute, Self.objective(objective))
                let unit = Attribute.unit(of: target.attribute) ?? target.unit
                self.said(target.attribute, ["\(Self.words(target.condition))\(target.value)", unit].compactMap { $0 }.joined(separator: " "), target)
            }
        }
    }

    static func objective(_ target: Target) -> YAMLNode {
        let value: YAMLNode =
            switch target.value {
            case .number(let number): .decimal(number)
            case .range(let low, let high): [.decimal(low), .decimal(high)]
            case .boolean(let boolean): .boolean(boolean)
            case .text(let text): .text(text)
            }
        return .compact([
            "condition": .text(target.condition.rawValue), "value": value, "unit": (Attribute.unit(of: target.attribute) ?? target.unit).map { .text($0) },
        ])
    }

    static func words(_ condition: Condition) -> String {
        switch condition {
        case .equals, .between: ""
        case .atLeast: "at least "
        case .atMost: "at most "
        case .lessThan: "below "
        case .greaterThan: "above "
        case .increaseBy: "+"
        case .decreaseBy: "−"
        case .multiplyBy: "×"
        }
    }

    mutating func planContext() {
        let context = self.expectation.context
        var entries: [(String, YAMLNode)] = []
        if let slice = context.slice { entries.append(("slice", .compact(["sst": .integer(slice.sst), "sd": slice.sd.map { .text($0) }]))) }
        for (name, value) in [
            ("plmn", context.plmn), ("dnn", context.dnn), ("tac", context.tac.map { TrackingAreaCode($0)?.decimal ?? $0 }), ("cell", context.cell),
            ("gnb", context.gnb), ("site", context.site),
        ] {
            if let value { entries.append((name, .text(value))) }
        }
        for (name, value) in entries {
            self.wanted.parameters.set("context", name, value)
            if name == "slice", let slice = context.slice {
                let text = "\(slice.sst)\(slice.sd.map { "-\($0)" } ?? "")"
                self.figure(
                    name, text, self.sliceIsStandard ? .default : .text, self.sliceIsStandard ? "the standard S-NSSAI of the slice type" : "the text says so")
            } else {
                self.figure(name, value.string ?? "", .text, "the text says so")
            }
        }
        for function in context.depends ?? [] { self.wanted.parameters.add("depends", function) }
        if let depends = context.depends, !depends.isEmpty {
            self.figure("depends", depends.joined(separator: ", "), .text, "the text says so", step: "add \(depends.joined(separator: ", "))")
        }
        if self.isNew || self.expectation.verb == .optimize || self.expectation.verb == .configure {
            for quality in context.qualities ?? [] where !self.rules.highAvailabilityQualities.contains(quality) {
                self.wanted.parameters.add("qualities", quality)
                self.saysSomething = true
            }
        }
        guard self.entry.workload != .none else { return }
        for (field, value) in [("region", context.region), ("zone", context.zone)] {
            guard let value else { continue }
            let lowered = value.lowercased()
            guard Self.isLabelValue(lowered) else {
                self.questions.append(
                    Clarification(
                        expectation: self.expectation.id, field: "context.\(field)",
                        question: "“\(value)” is not the name of a \(field) as nodes are labelled. Which \(field)?", options: []))
                continue
            }
            if field == "region" { self.wanted.region = lowered } else { self.wanted.zone = lowered }
            self.figure(field, lowered, .text, "the text says so; runs only on nodes labelled so")
        }
    }

    static func isLabelValue(_ text: String) -> Bool {
        func isWord(_ byte: UInt8) -> Bool {
            (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")) || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
        }
        guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= 63, isWord(first), isWord(last) else { return false }
        return text.utf8.allSatisfy { isWord($0) || "-_.".utf8.contains($0) }
    }
}
