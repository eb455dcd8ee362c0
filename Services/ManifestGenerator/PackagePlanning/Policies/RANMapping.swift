import Foundation
package import IntentModel

/// The table `ran-mapping.yaml`: what an expectation becomes in the RAN. Read once, strictly.
package struct RANMapping: Sendable, Equatable {
    package enum ScopeMember: String, Sendable, CaseIterable { case sliceId, qosId, ueId }
    package enum Need: String, Sendable, CaseIterable {
        case required, optional
        /// Exactly one of the members marked so.
        case either
    }

    package struct PolicyType: Sendable, Equatable {
        package let id: String
        /// Short, for policy identifiers.
        package let name: String
        package let scope: [ScopeMember: Need]
        /// The member that holds the objectives.
        package let objectives: String
    }

    package struct Row: Sendable, Equatable {
        package enum Bound: String, Sendable, CaseIterable { case low, high }

        package let objects: [String]
        package let attributes: [String]
        package let conditions: [Condition]
        /// Which end of `between`.
        package let bound: Bound?
        package let policyType: String
        package let field: String
        package let fieldUnit: String
        /// Field value = attribute value × factor.
        package let factor: Double
        package let whole: Bool
        /// Of the field; outside it the operator is asked.
        package let range: ClosedRange<Double>?
        /// A field of the same policy this one must not exceed.
        package let below: String?
    }

    /// What is configured over O1: an attribute of a class of the 3GPP NRM.
    package struct ManagedRow: Sendable, Equatable {
        package enum Scale: String, Sendable, CaseIterable {
            /// The field is in mW, the attribute in dBm.
            case decibelMilliwatt
        }

        /// A value as the field has it.
        package enum Value: Sendable, Equatable {
            case text(String)
            case boolean(Bool)
        }

        package let objects: [String]
        /// Functions that it is about where one of their cells is named.
        package let cellsOf: [String]
        package let attributes: [String]
        package let conditions: [Condition]
        /// TS 28.541.
        package let managedClass: String
        package let field: String
        package let fieldUnit: String
        package let scale: Scale?
        /// The field's values by those of the attribute, where it has no numbers.
        package let values: [String: Value]
        package let range: ClosedRange<Double>?
    }

    /// Where the object of a class is.
    package struct ObjectClass: Sendable, Equatable {
        package enum Place: String, Sendable, CaseIterable { case itself, reference, below }

        /// The class of the cell it belongs to.
        package let cell: String
        package let place: Place
        /// Of the cell: it names the object.
        package let attribute: String?
    }

    package struct Steering: Sendable, Equatable {
        package let objects: [String]
        package let policyType: String
        package let attributes: [String]
        /// Word → `SHALL`, `PREFER`, `AVOID` or `FORBID`.
        package let words: [String: String]
        package let standard: String
    }

    package struct SliceType: Sendable, Equatable {
        package let sst: Int
        package let fiveQI: Int
    }

    /// In the order of the file.
    package let policyTypes: [PolicyType]
    package let rows: [Row]
    package let managed: [ManagedRow]
    package let objectClasses: [String: ObjectClass]
    package let steering: Steering
    package let scopeAttributes: Set<String>
    package let elsewhere: Set<String>
    package let sliceTypes: [String: SliceType]
    /// Object → why it is refused.
    package let refused: [String: String]

    // MARK: Look-up

    /// `kind/type`, then `kind`: the ways a table names an object.
    package static func keys(of object: ObjectReference) -> [String] {
        (object.type.map { ["\(object.kind.rawValue)/\($0)"] } ?? []) + [object.kind.rawValue]
    }

    package func rows(for object: ObjectReference) -> [Row] {
        let keys = RANMapping.keys(of: object)
        return self.rows.filter { row in row.objects.contains { keys.contains($0) } }
    }

    /// What a target is over O1; nil when O1 has nothing for it.
    package func managedRow(for expectation: Expectation, _ target: Target) -> ManagedRow? {
        let keys = RANMapping.keys(of: expectation.object)
        let condition = target.condition.isRelative ? Condition.equals : target.condition
        let isOfCell = expectation.context.cell != nil && expectation.verb != .deploy
        return self.managed.first { row in
            row.attributes.contains(target.attribute) && row.conditions.contains(condition)
                && (row.objects.contains { keys.contains($0) } || isOfCell && row.cellsOf.contains { keys.contains($0) })
        }
    }

    package func policyType(_ id: String) -> PolicyType? { self.policyTypes.first { $0.id == id } }
    package func isSteering(_ object: ObjectReference) -> Bool { RANMapping.keys(of: object).contains { self.steering.objects.contains($0) } }
    package func refusal(of object: ObjectReference) -> String? { RANMapping.keys(of: object).lazy.compactMap { self.refused[$0] }.first }
    package func sliceType(sst: Int) -> SliceType? { self.sliceTypes.values.first { $0.sst == sst } }
}
