import IntentModel
import Testing

@testable import ORANAdaptor

@Suite("Whose an object of an element is") struct ObjectOwnersTests {
    private static func id(_ number: UInt64) -> IntentID { IntentID(partition: 0, milliseconds: 1, random: number) }
    private let a = Self.id(1)
    private let b = Self.id(2)
    private let c = Self.id(3)

    @Test("it is the last one's that configured it, the one's before when that is undone, and nobody's once it is taken away")
    func changes() {
        var owners = ObjectOwners("")
        #expect(owners.current == nil)
        owners.put(by: self.a)
        owners.put(by: self.b)
        #expect(ObjectOwners(owners.text).current == self.b)
        owners.delete(by: self.c)
        #expect(owners.current == nil)
        owners.undo(self.c)
        #expect(owners.current == self.b)
        owners.undo(self.b)
        #expect(owners.current == self.a)
        owners.undo(self.a)
        #expect(owners.text.isEmpty)
    }

    @Test("a repeat changes nothing, and neither does the undoing of what is over")
    func repeats() {
        var owners = ObjectOwners("")
        for id in [self.a, self.b, self.b] { owners.put(by: id) }
        owners.undo(self.a)
        owners.undo(self.a)
        #expect(owners.text == self.b.description)
        for number in 10..<100 { owners.put(by: Self.id(UInt64(number))) }
        #expect(owners.text.split(separator: " ").count == 8)
    }
}
