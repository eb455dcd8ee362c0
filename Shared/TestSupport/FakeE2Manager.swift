import Hummingbird
import JSONSchema
import Synchronization

/// The E2 manager of the O-RAN SC near-RT RIC, as far as it is read.
package final class FakeE2Manager: Sendable {
    private let nodes = Mutex<[String: String]>([:])
    private let server = Mutex<LoopbackServer?>(nil)

    private init() {}

    package static func start() async throws -> FakeE2Manager {
        let manager = FakeE2Manager()
        let router = Router()
        router.get("v1/nodeb/states") { _, _ in
            let nodes = manager.nodes.withLock { $0 }.sorted { $0.key < $1.key }
            // It has no empty list.
            return Self.json(200, nodes.isEmpty ? .null : .array(nodes.map { Self.state($0.key, $0.value) }))
        }
        router.get("v1/nodeb/:name") { _, context in
            let name = context.parameters.get("name") ?? ""
            guard let status = manager.nodes.withLock({ $0[name] }) else {
                return Self.json(404, ["errorCode": 404, "errorMessage": "resource not found"])
            }
            var node: JSONValue =
                [
                    "ranName": .string(name), "ip": "192.0.2.9", "port": 36422, "nodeType": "GNB",
                    "globalNbId": ["plmnId": "131014", "nbId": "101"],
                    "gnb": [
                        "ranFunctions": [
                            ["ranFunctionId": 2, "ranFunctionDefinition": "00", "ranFunctionRevision": 1, "ranFunctionOid": "1.3.6.1.4.1.53148.1.2.2.2"]
                        ]
                    ],
                ]
            if !status.isEmpty { node["connectionStatus"] = .string(status) }
            return Self.json(200, node)
        }
        let server = try await LoopbackServer.start(router)
        manager.server.withLock { $0 = server }
        return manager
    }

    package var url: String { self.server.withLock { $0?.url ?? "" } }
    /// - Parameter status: empty for a state that it has no word for, as protobuf's JSON leaves it out; nil takes the node away.
    package func set(_ name: String, _ status: String?) { self.nodes.withLock { $0[name] = status } }
    package func stop() async { await self.server.withLock { $0 }?.stop() }

    private static func state(_ name: String, _ status: String) -> JSONValue {
        var state: JSONValue = ["inventoryName": .string(name), "globalNbId": ["plmnId": "131014", "nbId": "101"]]
        if !status.isEmpty { state["connectionStatus"] = .string(status) }
        return state
    }

    private static func json(_ status: Int, _ value: JSONValue) -> Response {
        Response(
            status: .init(code: status), headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: Array(value.text.utf8))))
    }
}
