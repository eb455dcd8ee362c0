/// `--redis-url redis://…`, `--redis-url=redis://…` and, for what is true or false, `--porch-enabled`.
struct CommandLineFlags {
    var values: [(flag: String, value: String)] = []
    var wantsHelp = false
    var wantsVersion = false

    /// `arguments` without the program's name. Throws on a word that belongs to no flag.
    init(_ arguments: some Sequence<String>) throws(InvalidSetting) {
        var waiting: String?
        for argument in arguments {
            if argument.hasPrefix("--") {
                if let flag = waiting { self.add(flag, "true") }
                waiting = nil
                if let equals = argument.firstIndex(of: "=") {
                    self.values.append((String(argument[..<equals]), String(argument[argument.index(after: equals)...])))
                } else {
                    waiting = argument
                }
            } else if let flag = waiting {
                self.values.append((flag, argument))
                waiting = nil
            } else if argument == "-h" {
                self.wantsHelp = true
            } else {
                throw InvalidSetting(unknown: argument, allowed: "--name value or --name=value", source: "command line")
            }
        }
        if let flag = waiting { self.add(flag, "true") }
    }

    private mutating func add(_ flag: String, _ value: String) {
        switch flag {
        case "--help": self.wantsHelp = true
        case "--version": self.wantsVersion = true
        default: self.values.append((flag, value))
        }
    }
}
