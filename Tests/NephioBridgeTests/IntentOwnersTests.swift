import IntentModel
import Kubernetes
import Testing

@testable import NephioBridge

@Suite struct IntentOwnersTests {
    private static let id = IntentID(partition: 0, milliseconds: 1)
    private static let own = ObjectKey(namespace: "north", name: "amf")
    private static let other = ObjectKey(namespace: "a-south", name: "thief")

    @Test("who names another's intent takes nothing from its object, whichever is read first", arguments: [true, false])
    func named(_ isFirst: Bool) {
        let owners = IntentOwners()
        if isFirst { owners.follow([Self.id], Self.other) }
        owners.follow([Self.id], Self.own)
        if !isFirst { owners.follow([Self.id], Self.other) }
        #expect(owners[Self.id] == [Self.own, Self.other])
        owners.disown(Self.id, Self.other)
        #expect(owners[Self.id] == [Self.own])
        // Looked at again at intervals all the same.
        #expect(Set(owners.keys) == [Self.own, Self.other])
        owners.follow([], Self.other)
        owners.forget(Self.other)
        #expect(owners[Self.id] == [Self.own])
        owners.forget(Self.own)
        #expect(owners[Self.id].isEmpty && owners.keys.isEmpty)
    }

    @Test("an object that goes on to another intent hears of that one only")
    func next() {
        let owners = IntentOwners()
        let second = IntentID(partition: 1, milliseconds: 2)
        owners.follow([Self.id], Self.own)
        owners.follow([second], Self.own)
        #expect(owners[Self.id].isEmpty && owners[second] == [Self.own])
    }
}
