import IntentModel

/// What the operator's verb does, finer than ``Verb``: several actions end in the same verb.
enum Action: String, Sendable, CaseIterable {
    case deploy, make, scale, autoscale, change, add, multiply, configure, set, enable, disable, optimize, ensure, remove, migrate
    case restart, rollback, report, include, name, stop, lift, schedule, monitor, lock, unlock, vague

    /// The administrative state that a cell gets by it alone.
    var administrativeState: String? { self == .lock ? "locked" : self == .unlock ? "unlocked" : nil }
}

enum Direction: String, Sendable { case up, down }

/// How a verb is written.
enum VerbForm: Sendable { case base, third, gerund, participle }

struct VerbMeaning: Sendable {
    var action: Action
    var form: VerbForm = .base
    var direction: Direction?
    var factor: Double?
    /// Type of the RAN behaviour that the verb alone asks for ("steer").
    var implies: String?
}

enum Preposition: String, Sendable, CaseIterable {
    case with, `for`, `in`, on, at, across, to, from, of, by, between, using, reason, linked
}

enum Comparator: String, Sendable, CaseIterable {
    case atLeast, atMost, lessThan, greaterThan, equals, minimum, maximum
}

enum PlaceKind: String, Sendable, CaseIterable { case namespace, cluster, region, site, zone, tenant }

enum Identifier: String, Sendable, CaseIterable { case plmn, tac, dnn, cell, gnb, ue, sst, sd, snssai }

struct UnitMeaning: Sendable {
    var dimension: Dimension
    /// Base units in one of these.
    var factor: Double
}

enum Dimension: String, Sendable, CaseIterable {
    case count, cpu, bytes, rate, time, percent, frequency, decibel, power, currency, density, text
}

/// Grammatical classes of words that carry no value of their own.
struct WordClass: OptionSet, Sendable, Hashable {
    let rawValue: UInt64
    static let conjunction = WordClass(rawValue: 1 << 0)
    static let sequence = WordClass(rawValue: 1 << 1)
    static let indefinite = WordClass(rawValue: 1 << 2)
    static let definite = WordClass(rawValue: 1 << 3)
    static let distributive = WordClass(rawValue: 1 << 4)
    static let totality = WordClass(rawValue: 1 << 5)
    static let pronoun = WordClass(rawValue: 1 << 6)
    static let negation = WordClass(rawValue: 1 << 7)
    static let naming = WordClass(rawValue: 1 << 8)
    static let question = WordClass(rawValue: 1 << 9)
    static let dependsNoun = WordClass(rawValue: 1 << 10)
    static let supportNoun = WordClass(rawValue: 1 << 11)
    static let invalid = WordClass(rawValue: 1 << 12)
    static let filler = WordClass(rawValue: 1 << 13)
    static let vaguePlace = WordClass(rawValue: 1 << 14)
    static let increment = WordClass(rawValue: 1 << 15)
    static let decrement = WordClass(rawValue: 1 << 16)
    static let carrier = WordClass(rawValue: 1 << 17)
    static let plainName = WordClass(rawValue: 1 << 18)
    static let opening = WordClass(rawValue: 1 << 19)
    static let modal = WordClass(rawValue: 1 << 20)
    static let outOfScope = WordClass(rawValue: 1 << 21)
    static let urgent = WordClass(rawValue: 1 << 22)
    static let relativeTime = WordClass(rawValue: 1 << 23)
    static let recurrence = WordClass(rawValue: 1 << 24)
    static let negative = WordClass(rawValue: 1 << 25)
    static let lightVerb = WordClass(rawValue: 1 << 26)
    static let generic = WordClass(rawValue: 1 << 27)
    static let compoundSuffix = WordClass(rawValue: 1 << 28)
    static let particleUp = WordClass(rawValue: 1 << 29)
    static let telling = WordClass(rawValue: 1 << 32)
    static let wish = WordClass(rawValue: 1 << 31)
    static let particleDown = WordClass(rawValue: 1 << 30)
    static let correction = WordClass(rawValue: 1 << 33)
    static let condition = WordClass(rawValue: 1 << 34)
    static let bareNamespace = WordClass(rawValue: 1 << 43)
    /// "lab": an environment, or the namespace that is named after it.
    static let shortEnvironment = WordClass(rawValue: 1 << 58)
    /// "Ericsson": who made it.
    static let vendor = WordClass(rawValue: 1 << 59)
    static let doubt = WordClass(rawValue: 1 << 35)
    static let existence = WordClass(rawValue: 1 << 36)
    /// Picks some of them by what nobody knows of them here ("old", "unused").
    static let selecting = WordClass(rawValue: 1 << 37)
    /// The same, unless it says with "the" which one it is ("the old SMF").
    static let describing = WordClass(rawValue: 1 << 38)
    /// "near": says where by what is beside it.
    static let nearness = WordClass(rawValue: 1 << 39)
    /// "same … as", "like in": says how by what something else is.
    static let likeness = WordClass(rawValue: 1 << 40)
    /// "keep its data": what a removal is not to take.
    static let sparing = WordClass(rawValue: 1 << 41)
    /// "several": an amount that is no number.
    static let vagueCount = WordClass(rawValue: 1 << 42)
    /// "port": given to a workload, and nothing that an interpretation can say.
    static let setting = WordClass(rawValue: 1 << 44)
    /// "tear": its particle may follow the object.
    static let separable = WordClass(rawValue: 1 << 45)
    /// "node": where in a cluster something runs.
    static let host = WordClass(rawValue: 1 << 47)
    /// "concert": something that begins and ends, and nothing here knows when.
    static let occasion = WordClass(rawValue: 1 << 48)
    /// "gradually", "for now": how or how long, and nothing here keeps it.
    static let manner = WordClass(rawValue: 1 << 49)
    /// "roughly": before a number it makes it none.
    static let approximate = WordClass(rawValue: 1 << 50)
    /// "or so": the same, after it.
    static let approximateAfter = WordClass(rawValue: 1 << 51)
    /// "place", "host": a verb only before what can be placed.
    static let placing = WordClass(rawValue: 1 << 52)
    /// "run", "operate": the same, of what is there or is to be.
    static let running = WordClass(rawValue: 1 << 53)
    /// "ticket": before a colon it heads the request.
    static let label = WordClass(rawValue: 1 << 54)
    /// "back", "always": nothing is lost without it.
    static let idle = WordClass(rawValue: 1 << 55)
    /// "anti-affinity": a setting that says where things run, with a value or without.
    static let placement = WordClass(rawValue: 1 << 56)
    /// "please": what comes after it is asked for.
    static let please = WordClass(rawValue: 1 << 57)
    /// "other", "own": before the noun of a place they say no place.
    static let undefinedPlace = WordClass(rawValue: 1 << 46)
}

/// Everything a word or phrase may mean; which of it does is the sentence's business.
///
/// A class because words are looked at a hundred times a sentence, and a copy has a dozen parts; `@unchecked Sendable` because it is written
/// while the vocabulary is loaded and never after.
final class Meaning: @unchecked Sendable {
    var verb: VerbMeaning?
    /// Index in `Vocabulary.objects`.
    var object: Int?
    /// Index in `Vocabulary.attributes`.
    var attribute: Int?
    /// Boolean attribute.
    var feature: String?
    var namedFeature: String?
    var unit: UnitMeaning?
    var quality: String?
    var place: PlaceKind?
    var environment: String?
    var identifier: Identifier?
    var comparator: Comparator?
    var preposition: Preposition?
    var cardinal: Double?
    var multiplier: Double?
    var technology: String?
    var priority: Priority?
    var actionNoun: Action?
    var classes: WordClass = []

    func has(_ wordClass: WordClass) -> Bool { !self.classes.isDisjoint(with: wordClass) }

    /// Known as something that nothing can be done with, and no better understood than a word that nobody knows.
    var isOpaque: Bool {
        !self.classes.isEmpty && self.classes.isSubset(of: [.setting, .undefinedPlace, .host, .occasion, .label, .placing, .idle, .placement, .vendor])
            && self.verb == nil && self.object == nil
            && self.attribute == nil
            && self.namedFeature == nil && self.unit == nil
            && self.place == nil && self.identifier == nil && self.quality == nil && self.technology == nil
    }
}

/// An object the vocabulary knows.
struct ObjectWord: Sendable {
    var kind: ObjectKind
    var type: String?
    /// An application known by name ("kpimon").
    var name: String?
    var sst: Int?
    /// The boolean attribute the same words mean when they describe another object.
    var feature: String?
    /// A class of functions without a code of its own ("firewall").
    var isClass = false
    /// Gives way to any other object of the clause.
    var isWeak = false
    var aliases: [String]
    /// Types that are a part of it: nobody has to say whether they are deployed as well.
    var contains: [String] = []
    /// Technologies that it is installed from.
    var products: [String] = []
}

/// An attribute of `Attribute.table` with what the interpreter must know about its values.
struct AttributeWord: Sendable {
    var attribute: String
    var dimension: Dimension
    var better: Condition
    var whole: Bool
    var low: Double
    var high: Double
    /// The attribute meant when the value is a percentage.
    var percent: String?
    /// The attribute meant when the value is a frequency.
    var hertz: String?
    /// Type of the RAN object it belongs to when none is said.
    var implies: String?
}
