import Foundation
import JSONSchema

/// The schema that events are held to; read once.
package struct CommonEventFormat: Sendable {
    let schema: JSONSchema

    /// - Throws: when the file that is shipped with the service is not readable.
    package init() throws {
        let url = Bundle.module.bundleURL.appendingPathComponent("EventFormat/common-event.schema.json")
        self.schema = try JSONSchema(try JSONValue(parsing: Array(try Data(contentsOf: url))))
    }
}
