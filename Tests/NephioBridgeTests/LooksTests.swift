import IntentModel
import Testing

@testable import NephioBridge

@Suite("What is remembered of rollouts") struct LooksTests {
    private func id(_ number: Int) -> IntentID { IntentID(partition: 0, milliseconds: Int64(number), random: UInt64(number)) }

    @Test("the last look counts while nothing has changed; without a number for each package there is none")
    func looks() {
        let looks = Looks()
        looks.note(.failed("a"), of: self.id(1), stamps: [1, 2])
        #expect(looks.last(of: self.id(1), stamps: [1, 2]) == .failed("a"))
        #expect(looks.last(of: self.id(1), stamps: [1, 3]) == nil)
        #expect(looks.last(of: self.id(1), stamps: [1, nil]) == nil)
        looks.forget(self.id(1))
        #expect(looks.last(of: self.id(1), stamps: [1, 2]) == nil)
    }

    @Test("looks that are too old to count make room for new ones")
    func room() {
        let looks = Looks(limit: 2, age: .zero)
        for number in 0..<11 { looks.note(.failed("\(number)"), of: self.id(number), stamps: []) }
        // Full after every second one: the eleventh is alone.
        #expect(looks.count == 1)
        let young = Looks(limit: 2, age: .seconds(3_600))
        for number in 0..<10 { young.note(.failed("\(number)"), of: self.id(number), stamps: []) }
        #expect(young.count == 2)
    }
}
