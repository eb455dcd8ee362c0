import Hummingbird
import IntentLanguage
import IntentModel
import ServiceRuntime

/// `GET /v1/vocabulary`: what sentences are read by — verbs, objects with the words for them, attributes, languages — and its version, which every
/// interpretation names in `provenance.promptVersion`.
struct VocabularyController: Sendable {
    let vocabulary: Vocabulary

    var routes: RouteCollection<AppContext> {
        RouteCollection(context: AppContext.self).get { _, _ in Response.json(self.vocabulary.summary) }
    }
}
