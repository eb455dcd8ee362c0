/// A fault of a catalogue file: where, and what is allowed there.
package struct CatalogueError: Error, Equatable, CustomStringConvertible {
    /// File name and path of keys, e.g. `amf.yaml: ports[1].protocol`.
    package var place: String
    package var problem: String

    package var description: String { "\(self.place): \(self.problem)" }
}
