/// What `up` tells its guardian, a line each: `+store 12`, `+service 13`, `- 13`.
enum GuardMessage: Equatable, CustomStringConvertible {
    case watch(Int32, isStore: Bool)
    case forget(Int32)

    init?(_ line: some StringProtocol) {
        let words = line.split(separator: " ")
        switch (words.first, words.last.flatMap { Int32($0) }) {
        case ("+store", let id?) where words.count == 2 && id > 1: self = .watch(id, isStore: true)
        case ("+service", let id?) where words.count == 2 && id > 1: self = .watch(id, isStore: false)
        case ("-", let id?) where words.count == 2 && id > 1: self = .forget(id)
        default: return nil
        }
    }

    var description: String {
        switch self {
        case .watch(let id, let isStore): "\(isStore ? "+store" : "+service") \(id)\n"
        case .forget(let id): "- \(id)\n"
        }
    }
}
