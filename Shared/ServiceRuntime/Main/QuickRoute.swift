package import NIOCore

/// A route whose usual requests are answered on the connection's own loop, without a task: the task, its suspensions and the streams around it
/// cost more than many an answer. Whatever is not usual goes the plain way, through the router, to the handler of the same route, which
/// answers everything; the quick way gives the same answers or none.
package protocol QuickRoute: Sendable {
    /// Of `POST` requests, as the router has it.
    var path: String { get }
    /// Bytes of a body; longer ones go the plain way.
    var maxBodyBytes: Int { get }

    /// Never waits, and returns soon: other connections live on the same loop.
    ///
    /// - Parameters:
    ///   - body: JSON, or whatever was sent as such.
    ///   - answer: to be called once, on any thread, if the result is true: with the JSON of a 200, or nil to go the plain way after all.
    /// - Returns: false when nothing was begun.
    func begin(_ body: ByteBuffer, _ answer: @escaping @Sendable ([UInt8]?) -> Void) -> Bool
}
