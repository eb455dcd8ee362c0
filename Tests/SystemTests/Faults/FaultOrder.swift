/// One intent of a fault run, and what git must show of it whatever happens meanwhile.
struct FaultOrder: Hashable, Sendable {
    var number: Int
    var intent: String
    /// Paths of the packages that this intent, and no other, creates. Empty for one that shares its object with others, which may
    /// find that nothing is left to change.
    var creates: [String]
    /// Slice of the one policy that it, and no other, puts at the RIC.
    var slice: String?

    /// As an operator's network has them: git writes the whole list of a namespace's packages with every commit.
    private static func namespace(_ number: Int) -> String { "faults-\(number % 200)" }

    /// Idempotency key: a repeat after a lost answer is the same intent.
    var key: String { "fault-\(self.number)" }

    /// `count` different intents. Of ten, one shares its object with nine others, one deploys two functions, one is a policy when there is
    /// a RIC, the rest have an object of their own.
    static func mixture(of count: Int, withPolicies: Bool = false) -> [FaultOrder] {
        (0..<count).map { number in
            switch number % 10 {
            case 0:
                let object = number / 10 % max(1, count / 100)
                return FaultOrder(
                    number: number,
                    intent: "Deploy an AMF named shared-\(object) with \(2 + number / 10 % 3) replicas in namespace \(self.namespace(object))", creates: [])
            case 5:
                return FaultOrder(
                    number: number, intent: "Deploy an AMF named left-\(number) and an SMF named right-\(number) in namespace \(self.namespace(number))",
                    creates: ["default/\(self.namespace(number))/left-\(number)", "default/\(self.namespace(number))/right-\(number)"]
                )
            case 8 where withPolicies:
                return FaultOrder(number: number, intent: RANOrder.sentence(number), creates: [], slice: RANOrder.slice(number))
            default:
                return FaultOrder(
                    number: number, intent: "Deploy an NRF named own-\(number) in namespace \(self.namespace(number))",
                    creates: ["default/\(self.namespace(number))/own-\(number)"])
            }
        }
    }
}
