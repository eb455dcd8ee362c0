/// The fields of a record that hold a JSON document each. Bookkeeping fields (`v`, `n`, `phase` …) belong to the scripts.
package enum RecordField: String, Sendable, CaseIterable {
    case request, interpretation, answers, answersRead, clarifications, plan, approval, waitsFor, conflicts, packages, policies, verification, answer, problem
}
